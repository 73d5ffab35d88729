import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import type { JsonValue } from "../../core/event/json.ts";
import { defineRowKind, recordset } from "../postgres/row_kind.ts";
import type { Queryable, Sql } from "../postgres/sql.ts";
import type { KeptAnswer } from "../rooms/provisional.ts";

/** A join that a helper has accepted and this server still checks. */
export interface Joining {
  readonly roomId: RoomId;
  readonly userId: UserId;
  readonly helper: ServerName;
  readonly servers: readonly ServerName[];
  readonly answer: KeptAnswer & {
    /** Ends of the channels that the joiner may read, by channel. */
    readonly channels: Readonly<Record<string, readonly string[]>>;
    readonly keys: readonly JsonValue[];
  };
  readonly total: number;
  readonly startedTs: number;
}

interface JoiningRecord {
  room_id: RoomId;
  user_id: UserId;
  helper: ServerName;
  servers: ServerName[];
  answer: string;
  total: number;
  started_ts: number;
  shown: EventId[];
}

/** False where the room is being joined already. */
export async function insertJoining(sql: Queryable, joining: Joining): Promise<boolean> {
  const { roomId, userId, helper, servers, answer, total, startedTs } = joining;
  const rows = await sql`
    insert into joining_rooms (room_id, user_id, helper, servers, answer, done, total, started_ts)
    values (${roomId}, ${userId}, ${helper}, ${[...servers]}, ${JSON.stringify(answer)}, 0,
      ${total}, ${startedTs})
    on conflict do nothing returning room_id`;
  return rows.length > 0;
}

/** Whether any room that was joined is still being checked. */
export async function isCheckingRoom(sql: Queryable): Promise<boolean> {
  const [row] = await sql`select 1 from joining_rooms limit 1`;
  return row !== undefined;
}

export async function listJoining(
  sql: Queryable,
): Promise<(Joining & { readonly shown: readonly EventId[] })[]> {
  const rows = await sql<JoiningRecord[]>`select * from joining_rooms order by started_ts`;
  return rows.map((row) => ({
    roomId: row.room_id,
    userId: row.user_id,
    helper: row.helper,
    servers: row.servers,
    answer: JSON.parse(row.answer) as Joining["answer"],
    total: row.total,
    startedTs: row.started_ts,
    shown: row.shown,
  }));
}

/** Keeps how far a check has come, and for how long its process may go on with it. */
export async function saveProgress(
  sql: Queryable,
  roomId: RoomId,
  at: { readonly done: number; readonly total: number; readonly leaseUntil: number },
): Promise<void> {
  await sql`
    update joining_rooms
    set done = ${at.done}, total = ${at.total}, lease_until = ${at.leaseUntil}
    where room_id = ${roomId}`;
}

/** Takes a check over: `busy` while another process has it, `gone` once it is over. */
export async function leaseJoining(
  sql: Queryable,
  roomId: RoomId,
  at: { readonly nowMs: number; readonly leaseUntil: number },
): Promise<"taken" | "busy" | "gone"> {
  const taken = await sql`
    update joining_rooms set lease_until = ${at.leaseUntil}
    where room_id = ${roomId} and lease_until <= ${at.nowMs} returning room_id`;
  if (taken.length > 0) return "taken";
  const held = await sql`select 1 from joining_rooms where room_id = ${roomId}`;
  return held.length > 0 ? "busy" : "gone";
}

/** A process that stops leaves its checks to the next one at once. */
export async function releaseJoining(sql: Queryable, roomId: RoomId): Promise<void> {
  await sql`update joining_rooms set lease_until = 0 where room_id = ${roomId}`;
}

/** Messages that are shown before their checks, stored with them. */
export const shownRows = defineRowKind<{
  readonly roomId: RoomId;
  readonly eventIds: readonly EventId[];
}>("joining_shown", (sql, rows) => {
  const byRoom = new Map<RoomId, EventId[]>();
  for (const { roomId, eventIds } of rows) {
    byRoom.set(roomId, [...byRoom.get(roomId) ?? [], ...eventIds]);
  }
  const folded = [...byRoom].map(([r, e]) => ({ r, e }));
  return sql`
    update joining_rooms j set shown = j.shown || x.e
    from json_to_recordset(${recordset(sql, folded)}) as x(r text, e text[])
    where j.room_id = x.r`;
});

/** The check is over: stored with the heads that it led to. */
export const joinedRows = defineRowKind<{ readonly roomId: RoomId }>(
  "joining_done",
  (sql, rows) =>
    sql`
      delete from joining_rooms j
      using json_to_recordset(${recordset(sql, rows)}) as x("roomId" text)
      where j.room_id = x."roomId"`,
);

/**
 * Takes away the messages that were shown on the helper's word: they come again through the
 * checks, or not at all. Stored with the heads, so that nothing unchecked outlives the check.
 */
export const hiddenRows = defineRowKind<{ readonly roomId: RoomId }>(
  "joining_hidden",
  (sql, rows) =>
    sql`
      delete from events e
      using joining_rooms j, json_to_recordset(${recordset(sql, rows)}) as x("roomId" text)
      where j.room_id = x."roomId" and e.room_id = j.room_id and e.event_id = any(j.shown)`,
);

/** Nothing stays of a join that came to nothing. */
export async function dropJoining(sql: Sql, roomId: RoomId): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`
      delete from events e using joining_rooms j
      where j.room_id = ${roomId} and e.room_id = j.room_id and e.event_id = any(j.shown)`;
    await tx`delete from joining_rooms where room_id = ${roomId}`;
  });
}
