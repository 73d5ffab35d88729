import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { isInRoom } from "../../federation/handle/open_room.ts";
import type { DeviceReader, RoomReader } from "../../federation/handle/ports.ts";
import type { Sql } from "../postgres/sql.ts";
import { publishedHere } from "../services/e2ee/query_identities.ts";

/** Rooms of one user that are looked at; whoever has more in common is in one of the first. */
const ROOMS_MAX = 500;

interface Deps {
  readonly sql: Sql;
  readonly rooms: RoomReader;
}

/** Identities and devices of accounts of this server, for servers that have to do with them. */
export function deviceReader(deps: Deps): DeviceReader {
  return {
    async find(server, users) {
      const theirs: UserId[] = [];
      for (const user of users) if (await hasToDoWith(deps, server, user)) theirs.push(user);
      // First: under the version of a change nobody may be told what was before it, for good.
      const rows = await deps.sql<{ user_id: UserId; version: number }[]>`
        select u.user_id, coalesce(l.version, 0)::bigint as version
        from users u left join device_lists l using (user_id) where u.user_id = any(${theirs})`;
      const published = await publishedHere(deps.sql, theirs);
      return rows.flatMap(({ user_id: user, version }) => {
        const { identity = null, devices = [] } = published.get(user) ?? {};
        return [{ user, version, identity, devices }];
      });
    },
  };
}

/** Whether somebody of the server is in a room with the user, or friends with them. */
export async function hasToDoWith(
  { sql, rooms }: Deps,
  server: ServerName,
  user: UserId,
): Promise<boolean> {
  const shared = await sql<{ room_id: RoomId }[]>`
    select a.room_id from current_state a
    where a.type = 'm.room.member' and a.state_key = ${user} and a.membership = 'join'
      and exists (
        select from current_state b
        where b.room_id = a.room_id and b.type = 'm.room.member' and b.membership = 'join'
          and substr(b.state_key, strpos(b.state_key, ':') + 1) = ${server})
    order by a.room_id limit ${ROOMS_MAX}`;
  for (const { room_id } of shared) {
    const room = await rooms.open(room_id);
    if (room !== undefined && isInRoom(room, server)) return true;
  }
  const friends = await sql`
    select 1 from relationships
    where user_id = ${user} and bond = 'friend'
      and substr(other_id, strpos(other_id, ':') + 1) = ${server} limit 1`;
  return friends.length > 0;
}
