import type { RoomId } from "../../../core/ids/room_id.ts";
import type { Queryable } from "../../postgres/sql.ts";

/** Of a guild that is deleted nobody is left who could delete its templates: they go with it. */
export async function forgetTemplatesOf(sql: Queryable, guildId: RoomId): Promise<void> {
  await sql`delete from guild_templates where guild_id = ${guildId}`;
}
