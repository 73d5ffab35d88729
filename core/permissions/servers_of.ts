import type { ServerName } from "../ids/server_name.ts";
import { serverOf, type UserId } from "../ids/user_id.ts";

const known = new WeakMap<ReadonlySet<UserId>, ReadonlySet<ServerName>>();

/** The servers of a set of users that never changes: looked at once, however often it is asked. */
export function serversOf(users: ReadonlySet<UserId>): ReadonlySet<ServerName> {
  const held = known.get(users);
  if (held !== undefined) return held;
  const servers = new Set<ServerName>();
  for (const user of users) servers.add(serverOf(user));
  known.set(users, servers);
  return servers;
}
