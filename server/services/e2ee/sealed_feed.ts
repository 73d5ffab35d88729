import type { Sealed } from "../../../core/api/sealed.ts";
import { MAIN_CHANNEL } from "../../../core/ids/channel_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import {
  eventColumns,
  type EventRecord,
  readEvent,
  type StoredEvent,
} from "../../postgres/event_rows.ts";
import type { Queryable } from "../../postgres/sql.ts";
import { openChannel } from "../chat/place.ts";
import { contentOfPdu } from "../messages/project_messages.ts";
import { readableRows } from "../messages/readable_rows.ts";
import { mayReadHistory } from "../messages/send_message.ts";
import type { GroupDeps } from "./group_deps.ts";
import { sealedOf } from "./sealed_content.ts";

export interface SealedItem {
  readonly event_id: string;
  readonly sender: string;
  readonly origin_ts: number;
  readonly channel_id: string;
  readonly sealed: Sealed;
  readonly position: number;
}

export interface SealedPage {
  readonly items: SealedItem[];
  readonly next: number | null;
  readonly has_more: boolean;
}

type FeedRecord = EventRecord & { readonly seq: number };

/**
 * Events of the feed by their places. A question for each place, not a join: a join may read the
 * whole room for one page.
 */
export function feedQuery(
  sql: Queryable,
  { roomId, after, limit }: {
    readonly roomId: string;
    readonly after: number;
    readonly limit: number;
  },
) {
  return sql`
    select s.seq, e.*
    from (select seq, event_id from sealed_events
      where room_id = ${roomId} and seq > ${after} order by seq limit ${limit}) s
    cross join lateral (select ${eventColumns(sql)} from events e
      where e.room_id = ${roomId} and e.event_id = s.event_id limit 1) e
    order by s.seq`;
}

/**
 * Sealed events in the order in which this server committed them: a device reads on from where it
 * was and misses none, however late an event of another server came.
 * @throws OperationError `not_found`
 */
export async function listSealed(
  deps: Pick<GroupDeps, "sql" | "rooms" | "clock">,
  userId: UserId,
  { roomId, after, limit }: {
    readonly roomId: string;
    readonly after: number;
    readonly limit: number;
  },
): Promise<SealedPage> {
  const place = await openChannel(deps, userId, { roomId, channelId: MAIN_CHANNEL });
  if (!mayReadHistory(place)) return { items: [], next: null, has_more: false };
  const rows = await deps.sql<FeedRecord[]>`
    ${feedQuery(deps.sql, { roomId: place.room.id, after, limit: limit + 1 })}`;
  const page = rows.slice(0, limit);
  const held = page.flatMap((row): { seq: number; event: StoredEvent }[] => {
    const event = readEvent(row);
    const shown = event.outcome === "accepted" && !event.withheld &&
      event.channelId === place.channelId;
    return shown ? [{ seq: row.seq, event }] : [];
  });
  const readable = new Set(
    await readableRows(place.room, userId, held.map(({ event }) => event)),
  );
  return {
    items: held.flatMap(({ seq, event }) => readable.has(event) ? itemOf(event, seq) : []),
    next: page.at(-1)?.seq ?? null,
    has_more: rows.length > limit,
  };
}

function itemOf(event: StoredEvent, seq: number): SealedItem[] {
  const sealed = sealedOf({ type: event.type, content: contentOfPdu(event.pdu) });
  return sealed === undefined ? [] : [{
    event_id: event.eventId,
    sender: event.sender,
    origin_ts: event.originTs,
    channel_id: event.channelId ?? MAIN_CHANNEL,
    sealed,
    position: seq,
  }];
}
