import type { RoomId } from "../../../core/ids/room_id.ts";
import { defineRowKind, recordset } from "../../postgres/row_kind.ts";

/** A room that is a conversation of several. */
export const groupDmRows = defineRowKind<{
  readonly roomId: RoomId;
  readonly createdTs: number;
}>("group_dm_rooms", (sql, rows) =>
  sql`
    insert into group_dm_rooms (room_id, created_ts)
    select x."roomId", x."createdTs"
    from json_to_recordset(${recordset(sql, rows)}) as x("roomId" text, "createdTs" bigint)
    on conflict do nothing`);
