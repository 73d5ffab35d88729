import type { ServerName } from "../../core/ids/server_name.ts";
import { putNewest } from "../../core/put_newest.ts";

/** Servers asked one after another for one thing. */
export const ASKED_MAX = 5;
/** Servers whose last answer is remembered; beyond it the longest remembered go. */
const REMEMBERED_MAX = 10_000;

/** Whom to ask first: whose the thing is, then who answered last, then who never failed. */
export class AskOrder {
  /** When a server last answered, or, negative, last failed to; monotonic ms. */
  readonly #last = new Map<ServerName, number>();
  readonly #clock: { monotonic(): number };
  readonly #isAway: (server: ServerName) => boolean;

  /** Who is known to be away is asked last. */
  constructor(
    clock: { monotonic(): number },
    isAway: (server: ServerName) => boolean = () => false,
  ) {
    this.#clock = clock;
    this.#isAway = isAway;
  }

  /** At most `ASKED_MAX` of them, `first` at their head where it is given. */
  of(servers: Iterable<ServerName>, first?: ServerName): ServerName[] {
    const others = [...new Set(servers)].filter((server) => server !== first);
    others.sort((a, b) => (this.#last.get(b) ?? 0) - (this.#last.get(a) ?? 0));
    const all = [...(first === undefined ? [] : [first]), ...others];
    const present = all.filter((server) => !this.#isAway(server));
    return [...present, ...all.filter((server) => !present.includes(server))].slice(0, ASKED_MAX);
  }

  answered(server: ServerName): void {
    this.#note(server, 1 + this.#clock.monotonic());
  }

  failed(server: ServerName): void {
    this.#note(server, -1 - this.#clock.monotonic());
  }

  #note(server: ServerName, at: number): void {
    putNewest(this.#last, { key: server, value: at, max: REMEMBERED_MAX });
  }
}
