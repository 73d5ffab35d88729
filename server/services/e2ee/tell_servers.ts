import type { ServerName } from "../../../core/ids/server_name.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Tx } from "../../postgres/sql.ts";
import type { RemoteRooms } from "../chat/remote_rooms.ts";

/** Servers told of one change; who is in more rooms than that has the others ask by themselves. */
const SERVERS_MAX = 500;

/**
 * Within the transaction of a change: the servers that share an encrypted room or a conversation
 * with the user, and those of friends, will be told that what they hold is old. Where nothing is
 * encrypted yet somebody may wait for a device to begin with. PROTOCOL.md 10 (devices).
 */
export async function tellDeviceServers(
  tx: Tx,
  deps: { readonly serverName: ServerName; readonly remote: Pick<RemoteRooms, "tellWithin"> },
  userId: UserId,
): Promise<void> {
  const rows = await tx<{ server: ServerName }[]>`
    select distinct substr(user_id, strpos(user_id, ':') + 1) as server from (
      select o.state_key as user_id from current_state m
      join current_state o on o.room_id = m.room_id and o.type = 'm.room.member'
        and o.membership = 'join'
      where m.type = 'm.room.member' and m.state_key = ${userId} and m.membership = 'join'
        and (exists (select from current_state e where e.room_id = m.room_id
            and e.type = 'm.room.encryption' and e.state_key = '' and e.event_id is not null)
          or exists (select from dm_rooms d where d.room_id = m.room_id)
          or exists (select from group_dm_rooms g where g.room_id = m.room_id))
      union all
      select other_id from relationships where user_id = ${userId} and bond = 'friend'
    ) concerned
    order by server limit ${SERVERS_MAX}`;
  for (const { server } of rows) {
    if (server === deps.serverName) continue;
    await deps.remote.tellWithin(tx, { kind: "devices", to: server, user: userId });
  }
}
