import type { UserId } from "../../../core/ids/user_id.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { Queryable, Tx } from "../../postgres/sql.ts";
import type { Marks } from "./call.ts";

const NONE: Marks = { muted: false, deafened: false };

/** What moderators decided about a member's voice; it holds until they lift it. */
export async function readMarks(
  sql: Queryable,
  { guildId, userId }: { readonly guildId: RoomId; readonly userId: UserId },
): Promise<Marks> {
  const [row] = await sql<Marks[]>`
    select muted, deafened from voice_marks where guild_id = ${guildId} and user_id = ${userId}`;
  return row ?? NONE;
}

/** Nothing is left of a guild that has ended. */
export async function forgetMarksOf(sql: Queryable, guildId: string): Promise<void> {
  await sql`delete from voice_marks where guild_id = ${guildId}`;
}

export async function writeMarks(
  tx: Tx,
  { guildId, userId }: { readonly guildId: RoomId; readonly userId: UserId },
  { muted, deafened }: Marks,
): Promise<void> {
  if (!muted && !deafened) {
    await tx`delete from voice_marks where guild_id = ${guildId} and user_id = ${userId}`;
    return;
  }
  await tx`
    insert into voice_marks (guild_id, user_id, muted, deafened)
    values (${guildId}, ${userId}, ${muted}, ${deafened})
    on conflict (guild_id, user_id) do update set muted = excluded.muted,
      deafened = excluded.deafened`;
}
