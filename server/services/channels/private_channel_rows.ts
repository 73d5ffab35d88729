import type { RoomId } from "../../../core/ids/room_id.ts";
import { defineRowKind, recordset } from "../../postgres/row_kind.ts";

/** A private channel and the guild that shows it. */
export const privateChannelRows = defineRowKind<{
  readonly roomId: RoomId;
  readonly guildId: RoomId;
  readonly createdTs: number;
}>("private_channels", (sql, rows) =>
  sql`
    insert into private_channels (room_id, guild_id, created_ts)
    select x."roomId", x."guildId", x."createdTs"
    from json_to_recordset(${recordset(sql, rows)})
      as x("roomId" text, "guildId" text, "createdTs" bigint)
    on conflict do nothing`);
