import type { ChannelId } from "../../../core/ids/channel_id.ts";
import type { EventId } from "../../../core/ids/event_id.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { defineRowKind, recordset } from "../../postgres/row_kind.ts";

/**
 * A message in a thread: who wrote it and whom it mentions follow the thread from then on, who
 * wrote its root does unless that was given up. Only accounts of this server have a row, and what
 * was not said to them yet is unread.
 */
export const followRows = defineRowKind<{
  readonly roomId: RoomId;
  readonly channelId: ChannelId;
  readonly rootId: EventId;
  readonly sender: UserId;
  /** People that the message mentions by name. */
  readonly named: readonly string[];
  readonly order: number;
}>("thread_follows", (sql, rows) =>
  sql`
    insert into thread_follows (user_id, room_id, root_id, channel_id, following, ord)
    select distinct on (f.user_id, f.room_id, f.root_id) f.user_id, f.room_id, f.root_id,
      f.channel_id, true, f.ord
    from (
      select x.sender as user_id, x."roomId" as room_id, x."rootId" as root_id,
        x."channelId" as channel_id, x."order" as ord, true as anew
      from json_to_recordset(${
    recordset(sql, rows)
  }) as x(sender text, "roomId" text, "rootId" text, "channelId" text, "order" bigint)
      union all
      select named.user_id, x."roomId", x."rootId", x."channelId", x."order" - 1, true
      from json_to_recordset(${
    recordset(sql, rows)
  }) as x(named json, "roomId" text, "rootId" text, "channelId" text, "order" bigint)
      cross join lateral json_array_elements_text(x.named) as named(user_id)
      union all
      select root.sender, x."roomId", x."rootId", x."channelId", x."order" - 1, false
      from json_to_recordset(${
    recordset(sql, rows)
  }) as x("roomId" text, "rootId" text, "channelId" text, "order" bigint)
      join events root on root.room_id = x."roomId" and root.event_id = x."rootId"
    ) f
    join users u on u.user_id = f.user_id
    where f.anew or not exists (select 1 from thread_follows held
      where held.user_id = f.user_id and held.room_id = f.room_id and held.root_id = f.root_id)
    order by f.user_id, f.room_id, f.root_id, f.ord
    on conflict (user_id, room_id, root_id) do update set following = true`);
