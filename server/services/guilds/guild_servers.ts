import type { z } from "zod";
import type { getGuildServers, ServerAcl } from "../../../core/api/guild_servers.ts";
import { allows, isServerAllowed, parseServerAcl } from "../../../core/auth/server_acl.ts";
import { OperationError } from "../../../core/errors.ts";
import { serverOf, type UserId } from "../../../core/ids/user_id.ts";
import { limits } from "../../../core/limits.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openGuild } from "../chat/place.ts";
import { withReason } from "./update_guild.ts";

/** The servers of a guild's members, most members first. @throws OperationError `not_found` */
export async function listGuildServers(
  deps: Pick<ChatDeps, "rooms">,
  userId: UserId,
  guildId: string,
): Promise<z.input<typeof getGuildServers.result>> {
  const { authority } = await openGuild(deps, userId, guildId);
  const acl = authority.view.get("m.room.server_acl", "");
  const parsed = acl === undefined ? undefined : parseServerAcl(acl.pdu.content);
  return {
    servers: [...authority.membersByServer()]
      .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
      .slice(0, limits.federation.maxServersPerAnswer)
      .map(([name, members]) => ({
        name,
        member_count: members,
        allowed: isServerAllowed(authority.view, name),
      })),
    acl: parsed === undefined ? null : {
      allow: [...parsed.allow],
      deny: [...parsed.deny],
      allow_ip_literals: parsed.allowIpLiterals,
    },
  };
}

/** @throws OperationError `invalid`, `forbidden`, `not_found` */
export async function setServerAcl(
  deps: Pick<ChatDeps, "rooms" | "serverName">,
  userId: UserId,
  input: {
    readonly guildId: string;
    readonly acl: z.output<typeof ServerAcl>;
    readonly reason?: string | undefined;
  },
): Promise<void> {
  const room = await openGuild(deps, userId, input.guildId);
  const { allow, deny, allow_ip_literals: allowIpLiterals } = input.acl;
  const owner = room.authority.owner();
  const kept = [deps.serverName, ...(owner === undefined ? [] : [serverOf(owner)])];
  const lost = kept.find((server) => !allows({ allow, deny, allowIpLiterals }, server));
  if (lost !== undefined) {
    throw new OperationError(
      "invalid",
      `This list would shut out ${lost}, the server of its owner or your own: nobody could undo it.`,
      { details: { field: "acl" } },
    );
  }
  await room.changeControl(() => ({
    intents: [{
      type: "m.room.server_acl",
      sender: userId,
      stateKey: "",
      content: withReason({ allow, deny, allow_ip_literals: allowIpLiterals }, input.reason),
    }],
  }));
}
