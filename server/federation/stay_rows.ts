import { assert } from "../../core/assert.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { currentToken } from "../postgres/log_reader.ts";
import { INSTANCE_FACT, readFact, writeFact } from "../postgres/server_facts.ts";
import type { Queryable, Sql } from "../postgres/sql.ts";
import {
  decodeSyncToken,
  encodeSyncToken,
  joinTokens,
  type SyncToken,
} from "../postgres/sync_token.ts";
import { WHOLE_ROOM } from "./missed_graphs.ts";
import { type Stay, storedServer } from "./stays.ts";

/** How far membership was followed: a sync token. */
export const FOLLOWED_FACT = "destinations_followed";

/** Ended stays of one server in one room that are kept; older ones it learns of by asking. */
const ENDED_STAYS_MAX = 16;

/** A stay that began, or the end of the one that lasts. */
export type StayChange =
  | { readonly kind: "begin"; readonly stay: Stay }
  | {
    readonly kind: "end";
    readonly server: ServerName;
    readonly roomId: RoomId;
    readonly until: SyncToken;
  };

/**
 * A token of this database, whatever instance wrote it: after a restore its positions are those
 * that were restored with it.
 */
export function readMark(text: string, instance: string): SyncToken {
  const token = decodeSyncToken(text, text.slice(0, text.indexOf(".")));
  if (token === undefined) throw new Error(`The database holds "${text}" as a place in its log.`);
  return { ...token, instance };
}

export async function loadStays(
  sql: Queryable,
  instance: string,
  roomIds?: readonly RoomId[],
): Promise<readonly Stay[]> {
  const rows = await sql<
    { server: string; room_id: RoomId; since: string; until: string | null }[]
  >`
    select server, room_id, since, until from destination_stays
    ${roomIds === undefined ? sql`` : sql`where room_id = any(${[...roomIds]})`}
    order by stay_id`;
  return rows.map((row) => ({
    server: storedServer(row.server),
    roomId: row.room_id,
    since: readMark(row.since, instance),
    ...(row.until === null ? {} : { until: readMark(row.until, instance) }),
  }));
}

/**
 * Writes changes, one process at a time; what another process has written already stays as it
 * is. A server that is new becomes a destination that has read nothing of its stay yet. What the
 * room had before a stay is missed by it as a whole.
 */
export async function writeStays(
  sql: Sql,
  changes: readonly StayChange[],
  at: { readonly followed: SyncToken; readonly nowMs: number },
): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`select 1 from server_facts where name = ${FOLLOWED_FACT} for update`;
    for (const change of changes) {
      if (change.kind === "begin") await begin(tx, change.stay, at.nowMs);
      else {
        await tx`
          update destination_stays set until = ${encodeSyncToken(change.until)}
          where room_id = ${change.roomId} and server = ${change.server} and until is null`;
      }
    }
    await writeFollowed(tx, at.followed);
  });
}

/**
 * These servers are in a room that this one is about to store: what is stored from now on is for
 * them, first of all our own join. Whoever follows the log finds it here.
 */
export async function beginStays(
  sql: Sql,
  room: { readonly roomId: RoomId; readonly servers: Iterable<ServerName>; readonly nowMs: number },
): Promise<void> {
  const instance = await readFact(sql, INSTANCE_FACT);
  assert(instance !== undefined, "a database that is in use has a name");
  const since = await currentToken(sql, instance);
  await sql.begin(async (tx) => {
    for (const server of room.servers) {
      await begin(tx, { server, roomId: room.roomId, since }, room.nowMs);
    }
  });
}

async function begin(tx: Queryable, stay: Stay, nowMs: number): Promise<void> {
  const { server, roomId } = stay;
  const since = encodeSyncToken(stay.since);
  await tx`
    insert into destinations (server, mark, first_seen_ts) values (${server}, ${since}, ${nowMs})
    on conflict do nothing`;
  const [begun] = await tx<{ stay_id: string }[]>`
    insert into destination_stays (server, room_id, since) values (${server}, ${roomId}, ${since})
    on conflict do nothing returning stay_id::text`;
  if (begun === undefined) return;
  await tx`
    insert into destination_missed (stay_id, channel_id)
    values (${begun.stay_id}::bigint, ${WHOLE_ROOM})`;
  await tx`
    delete from destination_stays where stay_id in (
      select stay_id from destination_stays
      where room_id = ${roomId} and server = ${server} and until is not null
      order by stay_id desc offset ${ENDED_STAYS_MAX})`;
}

/** Never goes back, whichever process was further. */
async function writeFollowed(tx: Queryable, followed: SyncToken): Promise<void> {
  const former = await readFact(tx, FOLLOWED_FACT);
  const token = former === undefined
    ? followed
    : joinTokens(readMark(former, followed.instance), followed);
  await writeFact(tx, FOLLOWED_FACT, encodeSyncToken(token));
}

/** How far each of these servers has everything. */
export async function loadMarks(
  sql: Queryable,
  instance: string,
  servers: readonly ServerName[],
): Promise<ReadonlyMap<ServerName, SyncToken>> {
  const rows = await sql<{ server: ServerName; mark: string }[]>`
    select server, mark from destinations where server = any(${[...servers]})`;
  return new Map(rows.map(({ server, mark }) => [server, readMark(mark, instance)]));
}

/** Forgets a stay that has ended. */
export async function deleteStay(sql: Queryable, stay: Stay): Promise<void> {
  if (stay.until === undefined) return;
  await sql`
    delete from destination_stays where room_id = ${stay.roomId} and server = ${stay.server}
      and until = ${encodeSyncToken(stay.until)}`;
}

/** Forgets servers that share no room any more and were not tried since. */
export async function deleteIdleDestinations(sql: Queryable, beforeTs: number): Promise<void> {
  await sql`
    delete from destinations d
    where greatest(first_seen_ts, coalesce(last_try_ts, 0)) < ${beforeTs}
      and not exists (select from destination_stays s where s.server = d.server)`;
}
