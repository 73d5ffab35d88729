import type { JsonObject } from "../../../core/event/json.ts";
import { readContent } from "../../../core/event/kinds/kind.ts";
import { messageKind } from "../../../core/event/kinds/message.ts";
import { isSaid } from "../../../core/event/said.ts";
import type { EventId } from "../../../core/ids/event_id.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { StoredEvent } from "../../postgres/event_rows.ts";
import type { FeedBatch } from "../../postgres/log_feed.ts";
import { readSince } from "../../postgres/log_reader.ts";
import { LOCK_CLASS } from "../../postgres/lock_keys.ts";
import type { Sql, Tx } from "../../postgres/sql.ts";
import { decodeSyncToken, encodeSyncToken, type SyncToken } from "../../postgres/sync_token.ts";
import { contentOfPdu } from "../messages/project_messages.ts";
import {
  type EditRow,
  findEdits,
  findMentions,
  findTimelineEvents,
} from "../messages/message_rows.ts";
import { documentOf } from "./document.ts";
import type { MessageIndex, SearchDocument } from "./message_index.ts";

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
  /** `INSTANCE_FACT` of the database. */
  readonly instance: string;
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
  #due = true;
  #working: Promise<void>;

  constructor(deps: FollowerDeps) {
    this.#deps = deps;
    this.#working = this.#work();
  }

  /** Hears what is stored. */
  take(batch: FeedBatch): void {
    if (!batch.events.some(concerns)) return;
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

  /** Reads one page of the log. Answers whether there is more. */
  async #step(): Promise<boolean> {
    const { sql, index, instance } = this.#deps;
    const indexId = await index.identity();
    return await sql.begin(async (tx) => {
      const [lock] = await tx<{ mine: boolean }[]>`
        select pg_try_advisory_xact_lock(${LOCK_CLASS.searchIndex}, 0) as mine`;
      // Whoever has it hears of the same events.
      if (lock?.mine !== true) return false;
      const mark = await readMark(tx, { indexId, instance });
      const page = await readSince(tx, mark.token, { limit: STEP_EVENTS });
      const token = encodeSyncToken(page.token);
      const caughtUp = mark.caughtUp || !page.more;
      if (token === encodeSyncToken(mark.token) && caughtUp === mark.caughtUp) return page.more;
      for (const [roomId, events] of byRoom(page.events)) {
        await indexRoom(tx, index, { roomId, events });
      }
      await index.settled();
      await tx`
        insert into message_search_mark (index_id, token, caught_up)
        values (${indexId}, ${token}, ${caughtUp})
        on conflict (index_id) do update set token = excluded.token, caught_up = excluded.caught_up`;
      return page.more;
    });
  }
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

function byRoom(events: readonly StoredEvent[]): Map<string, StoredEvent[]> {
  const rooms = new Map<string, StoredEvent[]>();
  for (const event of events) {
    if (!concerns(event)) continue;
    const held = rooms.get(event.roomId);
    if (held === undefined) rooms.set(event.roomId, [event]);
    else held.push(event);
  }
  return rooms;
}

/** Brings what is held of a room's changed messages to what they are now. */
async function indexRoom(
  tx: Tx,
  index: MessageIndex,
  { roomId, events }: { readonly roomId: string; readonly events: readonly StoredEvent[] },
): Promise<void> {
  const [encrypted] = await tx`
    select 1 from current_state where room_id = ${roomId} and type = 'm.room.encryption'
      and state_key = '' and event_id is not null`;
  if (encrypted !== undefined) return await index.removeRoom(tx, roomId);
  const changed = new Set<string>();
  const edits: EventId[] = [];
  for (const event of events) {
    if (!isSaid(event.type)) continue;
    changed.add(event.eventId);
    const target = event.withheld ? undefined : editedOf(contentOfPdu(event.pdu));
    if (target !== undefined) changed.add(target);
    if (event.withheld) edits.push(event.eventId);
  }
  for (const target of await index.editedBy(tx, roomId, edits)) changed.add(target);
  const ids = [...changed];
  const documents = await readDocuments(tx, roomId, ids);
  const there = new Set(documents.map((each) => each.eventId));
  await index.remove(tx, roomId, ids.filter((id) => !there.has(id)));
  await index.put(tx, documents);
}

function editedOf(content: JsonObject): EventId | undefined {
  const relation = readContent(messageKind, content)?.relates_to;
  return relation?.kind === "edit" ? relation.event_id : undefined;
}

/** Those of the messages that can be found, as they read now. */
async function readDocuments(
  tx: Tx,
  roomId: string,
  ids: readonly string[],
): Promise<SearchDocument[]> {
  const rows = await findTimelineEvents(tx, roomId, ids);
  const mentions = await findMentions(tx, roomId, ids);
  const edits = new Map<string, EditRow>();
  for (const edit of await findEdits(tx, roomId, ids)) edits.set(edit.target_id, edit);
  return rows.flatMap((row) => {
    const edit = edits.get(row.eventId);
    const document = documentOf(row, {
      edit: edit && { id: edit.event_id, content: contentOfPdu(edit.pdu) },
      mentions: mentions.filter((each) => each.event_id === row.eventId)
        .map((each) => each.target),
    });
    return document === undefined ? [] : [document];
  });
}
