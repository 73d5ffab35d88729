import type { ServerName } from "../../core/ids/server_name.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { putNewest } from "../../core/put_newest.ts";
import { doubled } from "./pauses.ts";
import { Slots } from "./slots.ts";

/** How a fetch ended: with something new, with nothing new, or without an answer. */
export type FetchEnd = "new" | "nothing_new" | "failed";

interface Pause {
  readonly count: number;
  readonly end: FetchEnd;
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** Servers whose pause is remembered. */
const MAX_PAUSES = 10_000;
const FAILED = { firstMs: 60_000, mostMs: 3_600_000 };
/** Of servers that we have spoken with: they come back, and are believed to. */
const KNOWN_FAILED = { firstMs: 60_000, mostMs: 300_000 };
/** Whoever comes in a server's name ends a longer pause: it may be there again. */
const KNOCKED_MS = 5_000;
/** Anyone can name a key that is not: short, or strangers could keep a server's new key out. */
const NOTHING_NEW = { firstMs: 2_000, mostMs: 30_000 };

/**
 * Lets one fetch at a time go to each server, not more than `atOnce` in all, none to a server
 * that lately did not answer. Beyond `waiting` a fetch is refused. PROTOCOL.md 8.
 */
export class FetchGate {
  readonly #clock: Clock;
  readonly #waitingMax: number;
  readonly #slots: Slots;
  readonly #flights = new Map<ServerName, Promise<FetchEnd>>();
  readonly #pauses = new Map<ServerName, Pause>();

  constructor(
    deps: { readonly clock: Clock },
    bounds: { readonly atOnce: number; readonly waiting: number },
  ) {
    this.#clock = deps.clock;
    this.#waitingMax = bounds.waiting;
    this.#slots = new Slots(bounds.atOnce);
  }

  /** Servers remembered; never above the bound. */
  get size(): number {
    return this.#pauses.size;
  }

  /** Whether the server was asked and gave no document; not so once it has given one. */
  isSilent(server: ServerName): boolean {
    return this.#pauses.get(server)?.end === "failed";
  }

  /**
   * Joins the fetch under way, or begins one. `undefined`: not now, without a request. `knocks`:
   * somebody comes in the server's name.
   */
  async pass(
    server: ServerName,
    options: {
      readonly known: boolean;
      readonly knocks?: boolean | undefined;
      readonly fetch: () => Promise<FetchEnd>;
    },
  ): Promise<FetchEnd | undefined> {
    const flight = this.#flights.get(server);
    if (flight !== undefined) return await flight;
    const pause = this.#pauses.get(server);
    if (pause !== undefined && this.#clock.monotonic() < endOf(pause, options)) return undefined;
    if (this.#slots.waiting >= this.#waitingMax) return undefined;
    const begun = this.#slots.run(options.fetch).then((end) => {
      this.#remember(server, end, options.known);
      return end;
    }).finally(() => this.#flights.delete(server));
    this.#flights.set(server, begun);
    return await begun;
  }

  #remember(server: ServerName, end: FetchEnd, known: boolean): void {
    const count = (this.#pauses.get(server)?.count ?? 0) + 1;
    this.#pauses.delete(server);
    if (end === "new") return;
    const { firstMs, mostMs } = end === "nothing_new" ? NOTHING_NEW : known ? KNOWN_FAILED : FAILED;
    const sinceMs = this.#clock.monotonic();
    const untilMs = sinceMs + doubled(count, { firstMs, mostMs });
    const value = { count, end, sinceMs, untilMs };
    putNewest(this.#pauses, { key: server, value, max: MAX_PAUSES });
  }
}

function endOf(pause: Pause, { knocks = false }: { readonly knocks?: boolean | undefined }) {
  return knocks ? Math.min(pause.untilMs, pause.sinceMs + KNOCKED_MS) : pause.untilMs;
}
