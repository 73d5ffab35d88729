import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { Authority } from "../../core/permissions/authority.ts";

/** Servers with a reader, counted once for as long as a state is the present one. */
const readersOf = new WeakMap<Authority, Map<string, readonly ServerName[]>>();

/** Other servers with somebody who may see the channel, `most` of them. */
export function readersElsewhere(
  authority: Authority,
  channelId: ChannelId,
  { self, most }: { readonly self: ServerName; readonly most: number },
): readonly ServerName[] {
  const known = readersOf.get(authority) ?? new Map<string, readonly ServerName[]>();
  readersOf.set(authority, known);
  let servers = known.get(channelId);
  if (servers === undefined) {
    servers = [...authority.viewingServers(channelId)].filter((server) => server !== self);
    known.set(channelId, servers);
  }
  return servers.slice(0, most);
}
