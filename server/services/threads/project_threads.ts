import type { Thread } from "../../../core/api/thread.ts";
import type { User } from "../../../core/api/user.ts";
import type { JsonObject } from "../../../core/event/json.ts";
import type { ThreadContent } from "../../../core/event/kinds/thread.ts";
import { threadKind } from "../../../core/event/kinds/thread.ts";
import { readContent } from "../../../core/event/kinds/kind.ts";
import type { EventId } from "../../../core/ids/event_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { isHistoryJoined } from "../../../core/permissions/joined_history.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import { isArchived, threadNameOf } from "../../../core/rules/threads.ts";
import type { StoredEvent } from "../../postgres/event_rows.ts";
import { loadEventsOf } from "../../postgres/event_store.ts";
import type { Queryable } from "../../postgres/sql.ts";
import type { Room } from "../../rooms/room.ts";
import { type EditRow, findEditsOf } from "../messages/message_rows.ts";
import type { UserDirectory } from "../users/user_directory.ts";
import { findThreads, type ThreadRow } from "./thread_rows.ts";

export interface ThreadDeps {
  readonly sql: Queryable;
  readonly users: UserDirectory;
  readonly clock: Pick<Clock, "now">;
}

interface Root {
  readonly channelId: string;
  readonly rootId: string;
}

/** A root in its room. */
export interface RoomRoot extends Root {
  readonly room: Room;
}

/** What messages of a room have under them, by the message; absent where there is nothing. */
export async function projectThreads(
  deps: ThreadDeps,
  room: Room,
  roots: readonly Root[],
): Promise<ReadonlyMap<string, Thread>> {
  return await projectThreadsOf(deps, roots.map((root) => ({ ...root, room })));
}

/** The same in several rooms: as many queries as for one. */
export async function projectThreadsOf(
  deps: ThreadDeps,
  roots: readonly RoomRoot[],
): Promise<ReadonlyMap<string, Thread>> {
  const rows = await findThreads(
    deps.sql,
    roots.map(({ room, ...root }) => ({ ...root, roomId: room.id })),
  );
  if (rows.length === 0) return new Map();
  const untitled = new Set(
    rows.filter((row) => !statedBy(row.stated)?.title).map((row) => row.root_id),
  );
  const [names, people] = await Promise.all([
    namesOfRoots(deps.sql, roots.filter(({ rootId }) => untitled.has(rootId))),
    deps.users.find(facesOf(rows)),
  ]);
  return viewThreads(rows, { names, people, nowMs: deps.clock.now() });
}

/** Who is shown beside threads. */
export function facesOf(rows: readonly ThreadRow[]): UserId[] {
  return [...new Set(rows.flatMap((row) => row.senders ?? []))];
}

/** Threads by their roots. */
export function viewThreads(
  rows: readonly ThreadRow[],
  look: Parameters<typeof viewThread>[1],
): ReadonlyMap<string, Thread> {
  return new Map(rows.map((row) => [row.root_id, viewThread(row, look)]));
}

function viewThread(
  row: ThreadRow,
  look: {
    readonly names: ReadonlyMap<string, string>;
    readonly people: ReadonlyMap<UserId, User>;
    readonly nowMs: number;
  },
): Thread {
  const stated = statedBy(row.stated);
  const title = stated?.title ?? "";
  return {
    id: row.root_id,
    room_id: row.room_id,
    channel_id: row.channel_id,
    title: title === "" ? null : title,
    name: title === "" ? look.names.get(row.root_id) ?? "" : title,
    starter: row.starter,
    archived: isArchived({
      stated: row.stated === null ? undefined : {
        archived: stated?.archived === true,
        order: row.stated_ord ?? 0,
        ts: row.stated_ts ?? 0,
      },
      last: row.last_ord === null ? undefined : { order: row.last_ord, ts: row.last_ts ?? 0 },
    }, look.nowMs),
    locked: isLocked(row),
    count: row.count,
    last_id: row.last_id,
    last_ts: row.last_ts ?? 0,
    people: (row.senders ?? []).map((id) => look.people.get(id) ?? nobodyKnown(id)),
  };
}

/** Whether only who has MANAGE_THREADS can write in a thread. */
export function isLocked(row: Pick<ThreadRow, "managed">): boolean {
  return statedBy(row.managed)?.locked === true;
}

/** What the winning event says of a thread. */
export function statedBy(pdu: string | null): ThreadContent | undefined {
  if (pdu === null) return undefined;
  return readContent(threadKind, (JSON.parse(pdu) as { content: JsonObject }).content);
}

function nobodyKnown(id: UserId): User {
  return { id, display_name: null, avatar: null, bio: null, status: null, bot: false };
}

/** The first words of roots, as they are now; none where not everybody may read them. */
export async function namesOfRoots(
  sql: Queryable,
  roots: readonly RoomRoot[],
): Promise<ReadonlyMap<string, string>> {
  const refs = roots.filter(({ room }) => namesRoots(room))
    .map(({ room, rootId }) => ({ roomId: room.id, eventId: rootId as EventId }));
  const [rows, edits] = await Promise.all([loadEventsOf(sql, refs), findEditsOf(sql, refs)]);
  const held = rows.filter((row) => row.channelId !== undefined && row.outcome === "accepted");
  return namesIn(held, edits);
}

/** Whether everybody who sees a thread may read the message that it began on. */
export function namesRoots({ authority }: Pick<Room, "authority">): boolean {
  return !isHistoryJoined(authority);
}

/** The first words of messages that were read already, with all of their edits, oldest first. */
export function namesIn(
  rows: readonly StoredEvent[],
  edits: readonly EditRow[],
): ReadonlyMap<string, string> {
  const edited = new Map(edits.map((edit) => [edit.target_id, edit.pdu]));
  return new Map(rows.map((row) => [row.eventId, nameOf(row, edited.get(row.eventId))]));
}

function nameOf(root: StoredEvent, edit: string | undefined): string {
  if (root.withheld || root.redactedBy !== undefined) return "";
  const { content } = JSON.parse(edit ?? root.pdu) as { content: JsonObject };
  const said = content[root.type === "m.poll" ? "question" : "body"];
  return typeof said === "string" ? threadNameOf(said) : "";
}
