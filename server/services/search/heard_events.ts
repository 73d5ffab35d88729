import type { StoredEvent } from "../../postgres/event_rows.ts";
import type { LogPage } from "../../postgres/log_reader.ts";
import {
  advanceToken,
  coversToken,
  hasRead,
  joinTokens,
  type SyncToken,
} from "../../postgres/sync_token.ts";

/** Events that are kept; who is further behind reads the log. */
const HEARD_MAX = 4000;

/**
 * What the log told since a moment, without a gap: who follows it closely takes it from here and
 * need not have the database search for what this process has in its hands.
 */
export class HeardEvents {
  /** Who has met all up to here finds the rest among the events. */
  #from: SyncToken;
  #to: SyncToken;
  #events: StoredEvent[] = [];
  readonly #writers = new Set<number>();

  /** `token` covers everything that was told before the first `add`. */
  constructor(token: SyncToken) {
    this.#from = token;
    this.#to = token;
  }

  /** All that was told up to `token`, as far as anybody here wants to know of it. */
  add(events: readonly StoredEvent[], token: SyncToken): void {
    this.#to = token;
    this.#events.push(...events);
    for (const { writerId } of events) this.#writers.add(writerId);
    if (this.#events.length <= HEARD_MAX) return;
    this.#events = [];
    this.#from = token;
  }

  /**
   * Everything so far was stored by one writer, and so it was told in the order in which it was
   * stored: what changed an event came after it.
   */
  get isOfOneWriter(): boolean {
    return this.#writers.size <= 1;
  }

  /** What a reader with this token has not met; undefined where only the log knows. */
  after(token: SyncToken, { limit }: { readonly limit: number }): LogPage | undefined {
    if (!coversToken(token, this.#from)) return undefined;
    const unmet = this.#events.filter((event) => !hasRead(token, event));
    const events = unmet.slice(0, limit);
    const more = events.length < unmet.length;
    return {
      events,
      more,
      token: more ? events.reduce(advanceToken, token) : joinTokens(token, this.#to),
    };
  }

  /** Nobody will ask for what lies before this token. */
  forget(token: SyncToken): void {
    this.#events = this.#events.filter((event) => !hasRead(token, event));
    this.#from = joinTokens(this.#from, token);
  }
}
