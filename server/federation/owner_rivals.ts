import type { ControlEvent } from "../../core/event/event.ts";
import { isControlEvent } from "../../core/event/event.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import type { RoomChange } from "../../federation/inbound/ports.ts";
import { eventColumns, type EventRecord, readEvent } from "../postgres/event_rows.ts";
import { defineRowKind, recordset, type TaggedRow } from "../postgres/row_kind.ts";
import type { Queryable } from "../postgres/sql.ts";
import { heldOf } from "../rooms/load_room.ts";
import type { Room } from "../rooms/room.ts";

const OWNER = "m.guild.owner";
/** Hand-overs of one guild that are looked through. */
const OWNERS_MAX = 200;
/** Shown to administrators for so long, and so many of them. */
const SHOWN_MS = 30 * 86_400_000;
const SHOWN_MAX = 5;

interface RivalRow {
  readonly room_id: RoomId;
  readonly event_id: EventId;
  readonly rival_id: EventId;
  readonly sender: UserId;
  readonly new_owner: string;
  readonly noticed_ts: number;
}

const ownerRivals = defineRowKind<RivalRow>("owner_rivals", (sql, rows) =>
  sql`
    insert into owner_rivals (room_id, event_id, rival_id, sender, new_owner, noticed_ts)
    select x.room_id, x.event_id, x.rival_id, x.sender, x.new_owner, x.noticed_ts
    from json_to_recordset(${recordset(sql, rows)})
      as x(room_id text, event_id text, rival_id text, sender text, new_owner text,
        noticed_ts bigint)
    on conflict do nothing`);

/** Rows for hand-overs that rival one which is held. PROTOCOL.md 5. */
export async function rivalRows(
  sql: Queryable,
  room: Room,
  change: RoomChange,
): Promise<TaggedRow[]> {
  const come = change.events.flatMap(({ event, outcome, receivedTs }) =>
    isControlEvent(event) && event.pdu.type === OWNER && outcome !== "rejected"
      ? [{ event, receivedTs }]
      : []
  );
  if (come.length === 0) return [];
  const held = await ownersOf(sql, room.id);
  const rows: TaggedRow[] = [];
  for (const { event, receivedTs } of come) {
    const ids = new Set(held.map(({ id }) => id));
    const former = event.pdu.auth_events.find((id) => ids.has(id));
    const rival = held.find(({ id, pdu }) =>
      former !== undefined && id !== event.id && pdu.auth_events.includes(former)
    );
    held.push(event);
    if (rival === undefined) continue;
    rows.push(ownerRivals.of({
      room_id: room.id,
      event_id: event.id,
      rival_id: rival.id,
      sender: event.pdu.sender,
      new_owner: String(event.pdu.content["user"]),
      noticed_ts: receivedTs,
    }));
  }
  return rows;
}

async function ownersOf(sql: Queryable, roomId: RoomId): Promise<ControlEvent[]> {
  const rows = await sql<EventRecord[]>`
    select ${eventColumns(sql)} from events e
    where e.room_id = ${roomId} and e.type = ${OWNER} and e.channel_id is null
      and e.outcome <> 'rejected'
    order by e.received_ts limit ${OWNERS_MAX}`;
  return rows.map((row) => heldOf(readEvent(row)) as ControlEvent);
}

/** What administrators of these guilds are warned of, the latest first. */
export async function findOwnerRivals(
  sql: Queryable,
  roomIds: readonly RoomId[],
  nowMs: number,
): Promise<readonly RivalRow[]> {
  if (roomIds.length === 0) return [];
  return await sql<RivalRow[]>`
    select r.* from unnest(${[...roomIds]}::text[]) as g(room_id) cross join lateral (
      select * from owner_rivals o
      where o.room_id = g.room_id and o.noticed_ts > ${nowMs - SHOWN_MS}
      order by o.noticed_ts desc limit ${SHOWN_MAX}) r
    order by r.noticed_ts desc`;
}

/** All that were ever noticed in a guild, by event. */
export async function ownerRivalIds(
  sql: Queryable,
  roomId: RoomId,
): Promise<ReadonlySet<string>> {
  const rows = await sql<Pick<RivalRow, "event_id">[]>`
    select event_id from owner_rivals where room_id = ${roomId} limit ${OWNERS_MAX}`;
  return new Set(rows.map((row) => row.event_id));
}
