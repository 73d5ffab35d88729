import type { RoomId } from "../../../core/ids/room_id.ts";
import type { ServerName } from "../../../core/ids/server_name.ts";
import type { Queryable } from "../../postgres/sql.ts";

/** A server did not answer; of one that does not order the group it is no matter. */
export async function noteAway(
  sql: Queryable,
  at: { readonly roomId: RoomId; readonly server: ServerName; readonly nowMs: number },
): Promise<void> {
  await sql`
    update mls_groups set away_since_ts = coalesce(away_since_ts, ${at.nowMs}),
      away_tries = away_tries + 1
    where room_id = ${at.roomId} and sequencer = ${at.server}`;
}

/** The server that orders the group answered, or spoke by itself. */
export async function noteHeard(sql: Queryable, roomId: RoomId): Promise<void> {
  await sql`
    update mls_groups set away_since_ts = null, away_tries = 0
    where room_id = ${roomId} and away_since_ts is not null`;
}
