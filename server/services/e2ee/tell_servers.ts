import type { ServerName } from "../../../core/ids/server_name.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Tx } from "../../postgres/sql.ts";
import type { RemoteRooms } from "../chat/remote_rooms.ts";

/** Servers told of one change; who is in more rooms than that has the others ask by themselves. */
const SERVERS_MAX = 500;

/**
 * Within the transaction of a change: the servers that share an encrypted room with the user will
 * be told that what they hold is old.
 */
export async function tellDeviceServers(
  tx: Tx,
  deps: { readonly serverName: ServerName; readonly remote: Pick<RemoteRooms, "tellWithin"> },
  userId: UserId,
): Promise<void> {
  const rows = await tx<{ server: ServerName }[]>`
    select distinct substr(o.state_key, strpos(o.state_key, ':') + 1) as server
    from current_state m
    join current_state e on e.room_id = m.room_id and e.type = 'm.room.encryption'
      and e.state_key = '' and e.event_id is not null
    join current_state o on o.room_id = m.room_id and o.type = 'm.room.member'
      and o.membership = 'join'
    where m.type = 'm.room.member' and m.state_key = ${userId} and m.membership = 'join'
    order by server limit ${SERVERS_MAX}`;
  for (const { server } of rows) {
    if (server === deps.serverName) continue;
    await deps.remote.tellWithin(tx, { kind: "devices", to: server, user: userId });
  }
}
