import type { ServerName } from "../../core/ids/server_name.ts";
import type { InboundRoom } from "./ports.ts";

/** Whom to ask about a room: the one who should know, then the others with a member in it. */
export function serversToAsk(
  room: Pick<InboundRoom, "end">,
  { first, self, max }: {
    readonly first: ServerName;
    readonly self: ServerName;
    readonly max: number;
  },
): readonly ServerName[] {
  const others = room.end.authority.joinedServers();
  return [...new Set([first, ...others])].filter((server) => server !== self).slice(0, max);
}
