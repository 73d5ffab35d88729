import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { defineRowKind, recordset } from "../../postgres/row_kind.ts";

/** The room of a pair, found again by their names. */
export const dmRows = defineRowKind<{
  readonly roomId: RoomId;
  readonly users: readonly UserId[];
  readonly createdTs: number;
}>("dm_rooms", (sql, rows) =>
  sql`
    insert into dm_rooms (room_id, user_a, user_b, created_ts)
    select x."roomId", x.users->>0, x.users->>1, x."createdTs"
    from json_to_recordset(${recordset(sql, rows)})
      as x("roomId" text, users json, "createdTs" bigint)
    on conflict do nothing`);
