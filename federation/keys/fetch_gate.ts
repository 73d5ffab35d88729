import type { ServerName } from "../../core/ids/server_name.ts";
import type { Clock } from "../../core/ports/clock.ts";

/** How a fetch ended: with something new, with nothing new, or without an answer. */
export type FetchEnd = "new" | "nothing_new" | "failed";

interface Pause {
  readonly count: number;
  readonly untilMs: number;
}

/** Servers whose pause is remembered. */
const MAX_PAUSES = 10_000;
const FAILED = { firstMs: 60_000, mostMs: 3_600_000 };
/** Of servers that we have spoken with: they come back, and are believed to. */
const KNOWN_FAILED = { firstMs: 60_000, mostMs: 300_000 };
/** Anyone can name a key that is not: short, or strangers could keep a server's new key out. */
const NOTHING_NEW = { firstMs: 2_000, mostMs: 30_000 };

/**
 * Lets one fetch at a time go to each server, not more than `atOnce` in all, none to a server
 * that lately did not answer. Beyond `waiting` a fetch is refused. PROTOCOL.md 8.
 */
export class FetchGate {
  readonly #clock: Clock;
  readonly #bounds: { readonly atOnce: number; readonly waiting: number };
  readonly #flights = new Map<ServerName, Promise<FetchEnd>>();
  readonly #pauses = new Map<ServerName, Pause>();
  readonly #queue: (() => void)[] = [];
  #running = 0;

  constructor(
    deps: { readonly clock: Clock },
    bounds: { readonly atOnce: number; readonly waiting: number },
  ) {
    this.#clock = deps.clock;
    this.#bounds = bounds;
  }

  /** Servers remembered; never above the bound. */
  get size(): number {
    return this.#pauses.size;
  }

  /** Joins the fetch under way, or begins one. `undefined`: not now, without a request. */
  async pass(
    server: ServerName,
    options: { readonly known: boolean; readonly fetch: () => Promise<FetchEnd> },
  ): Promise<FetchEnd | undefined> {
    const flight = this.#flights.get(server);
    if (flight !== undefined) return await flight;
    const pause = this.#pauses.get(server);
    if (pause !== undefined && this.#clock.monotonic() < pause.untilMs) return undefined;
    if (this.#queue.length >= this.#bounds.waiting) return undefined;
    const begun = this.#run(options.fetch).then((end) => {
      this.#remember(server, end, options.known);
      return end;
    }).finally(() => this.#flights.delete(server));
    this.#flights.set(server, begun);
    return await begun;
  }

  async #run(fetch: () => Promise<FetchEnd>): Promise<FetchEnd> {
    if (this.#running >= this.#bounds.atOnce) {
      await new Promise<void>((resolve) => this.#queue.push(resolve));
    } else this.#running++;
    try {
      return await fetch();
    } finally {
      const next = this.#queue.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }

  #remember(server: ServerName, end: FetchEnd, known: boolean): void {
    const count = (this.#pauses.get(server)?.count ?? 0) + 1;
    this.#pauses.delete(server);
    if (end === "new") return;
    const { firstMs, mostMs } = end === "nothing_new" ? NOTHING_NEW : known ? KNOWN_FAILED : FAILED;
    if (this.#pauses.size >= MAX_PAUSES) {
      for (const oldest of this.#pauses.keys()) {
        this.#pauses.delete(oldest);
        break;
      }
    }
    const pauseMs = Math.min(mostMs, firstMs * 2 ** Math.min(count - 1, 20));
    this.#pauses.set(server, { count, untilMs: this.#clock.monotonic() + pauseMs });
  }
}
