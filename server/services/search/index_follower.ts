import { isSaid } from "../../../core/event/said.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { StoredEvent } from "../../postgres/event_rows.ts";
import type { FeedBatch } from "../../postgres/log_feed.ts";
import { type LogPage, readSince } from "../../postgres/log_reader.ts";
import { LOCK_CLASS } from "../../postgres/lock_keys.ts";
import type { Sql, Tx } from "../../postgres/sql.ts";
import { decodeSyncToken, encodeSyncToken, type SyncToken } from "../../postgres/sync_token.ts";
import { HeardEvents } from "./heard_events.ts";
import { indexEvents } from "./index_events.ts";
import type { MessageIndex } from "./message_index.ts";

/** Events of one step: a step is one transaction, and the embedded database does one at a time. */
const STEP_EVENTS = 200;
/** Between steps while there is a past to read: what people do meanwhile comes first. */
const PAUSE_MS = 20;
/** What comes within it is indexed together. */
const GATHER_MS = 100;
/** After a step that failed; twice as long after each further one. */
const RETRY_MS = 5000;
const RETRY_MAX_MS = 60_000;

interface FollowerDeps {
  readonly sql: Sql;
  readonly index: MessageIndex;
  readonly clock: Clock;
  /** Hears of each step that failed; it is tried again. */
  readonly failed: (error: unknown) => void;
  /** Everything that was told before the first `take`. */
  readonly token: SyncToken;
  /** Aborted with its disposal: what waits for the index hears of it too. */
  readonly ending: AbortController;
}

/**
 * Keeps the index in step with the log: what is said, edited, deleted or erased, here and by way
 * of other servers, since everything that changes stands in the log anew. Its mark moves in the
 * transaction of what it read, once the index has it for good: a crash loses nothing, and what it
 * repeats changes nothing. For an index without a mark it begins at the beginning. Of several
 * processes one works at a time.
 */
export class IndexFollower implements AsyncDisposable {
  readonly #deps: FollowerDeps;
  readonly #heard: HeardEvents;
  #due = true;
  #working: Promise<void>;

  constructor(deps: FollowerDeps) {
    this.#deps = deps;
    this.#heard = new HeardEvents(deps.token);
    this.#working = this.#work();
  }

  /** Hears what is stored. */
  take(batch: FeedBatch): void {
    const events = batch.events.filter(concerns);
    this.#heard.add(events, batch.token);
    if (events.length === 0) return;
    this.#due = true;
    this.#working = this.#working.then(() => this.#work());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#deps.ending.abort();
    await this.#working;
  }

  async #work(): Promise<void> {
    const { clock, failed, ending: { signal } } = this.#deps;
    if (!this.#due) return;
    await clock.sleep(GATHER_MS, signal).catch(() => undefined);
    this.#due = false;
    let retryMs = RETRY_MS;
    while (!signal.aborted) {
      try {
        if (!await this.#step()) return;
        retryMs = RETRY_MS;
        await clock.sleep(PAUSE_MS, signal).catch(() => undefined);
      } catch (error) {
        if (signal.aborted) return;
        failed(error);
        await clock.sleep(retryMs, signal).catch(() => undefined);
        retryMs = Math.min(retryMs * 2, RETRY_MAX_MS);
      }
    }
  }

  /** Takes in one page of the log. Answers whether there is more. */
  async #step(): Promise<boolean> {
    const { sql, index, token: { instance } } = this.#deps;
    const indexId = await index.identity();
    const page = await sql.begin(async (tx) => {
      const [lock] = await tx<{ mine: boolean }[]>`
        select pg_try_advisory_xact_lock(${LOCK_CLASS.searchIndex}, 0) as mine`;
      // Whoever has it hears of the same events.
      if (lock?.mine !== true) return undefined;
      const mark = await readMark(tx, { indexId, instance });
      const page = await this.#pageAfter(tx, mark.token);
      const token = encodeSyncToken(page.token);
      const caughtUp = mark.caughtUp || !page.more;
      if (token === encodeSyncToken(mark.token) && caughtUp === mark.caughtUp) return page;
      if (page.events.length > 0) await indexEvents(tx, index, page.events);
      await index.settled();
      await tx`
        insert into message_search_mark (index_id, token, caught_up)
        values (${indexId}, ${token}, ${caughtUp})
        on conflict (index_id) do update set token = excluded.token, caught_up = excluded.caught_up`;
      return page;
    });
    if (page === undefined) return false;
    this.#heard.forget(page.token);
    return page.more;
  }

  /** What this process heard of, where that is all there is; else from the log. */
  async #pageAfter(tx: Tx, token: SyncToken): Promise<LogPage> {
    const heard = this.#heard.after(token, { limit: STEP_EVENTS });
    if (heard !== undefined) {
      const { events } = heard;
      const standing = this.#heard.isOfOneWriter ? lastOfEach(events) : await unchanged(tx, events);
      return { ...heard, events: standing };
    }
    const read = await readSince(tx, token, { limit: STEP_EVENTS });
    return { ...read, events: read.events.filter(concerns) };
  }
}

/** What was said and deleted since the last step is among the events twice. */
function lastOfEach(events: readonly StoredEvent[]): readonly StoredEvent[] {
  return [...new Map(events.map((event) => [event.eventId, event])).values()];
}

/**
 * The events that still stand where they stood. Another process may have changed one and said so
 * before we heard of the event itself: it is told anew with its change, or was already.
 */
async function unchanged(tx: Tx, events: readonly StoredEvent[]): Promise<readonly StoredEvent[]> {
  if (events.length === 0) return events;
  // In a subquery of its own, so that each is looked up and never all rows are read for them.
  const rows = await tx<{ at: string }[]>`
    select x.writer_id || '-' || x.position as at
    from unnest(${events.map((each) => each.roomId)}::text[],
      ${events.map((each) => each.eventId)}::text[], ${events.map((each) => each.writerId)}::int[],
      ${events.map((each) => each.position)}::bigint[]) as x(room_id, event_id, writer_id, position)
    cross join lateral (select from events e
      where e.room_id = x.room_id and e.event_id = x.event_id
        and e.writer_id = x.writer_id and e.position = x.position offset 0) held`;
  // By place, not by id: one may be among the events as it was and as it is.
  const there = new Set(rows.map((row) => row.at));
  return events.filter(({ writerId, position }) => there.has(`${writerId}-${position}`));
}

/** Whether the index holds the past of this server; false while it is being made. */
export async function isIndexComplete(sql: Sql, index: MessageIndex): Promise<boolean> {
  const indexId = await index.identity();
  const [mark] = await sql<{ caught_up: boolean }[]>`
    select caught_up from message_search_mark where index_id = ${indexId}`;
  return mark?.caught_up === true;
}

async function readMark(
  tx: Tx,
  { indexId, instance }: { readonly indexId: string; readonly instance: string },
): Promise<{ readonly token: SyncToken; readonly caughtUp: boolean }> {
  const [row] = await tx<{ token: string; caught_up: boolean }[]>`
    select token, caught_up from message_search_mark where index_id = ${indexId}`;
  const token = row === undefined ? undefined : decodeSyncToken(row.token, instance);
  // After a restore the log is another one: everything is read anew over what is there.
  return token === undefined
    ? { token: { instance, base: 0, positions: new Map() }, caughtUp: false }
    : { token, caughtUp: row?.caught_up === true };
}

function concerns({ type }: StoredEvent): boolean {
  return isSaid(type) || type === "m.room.encryption";
}
