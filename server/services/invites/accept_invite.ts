import { OperationError } from "../../../core/errors.ts";
import { encodeBase58Of32 } from "../../../core/ids/base58.ts";
import { parseRoleId } from "../../../core/ids/role_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { nobleBlake3 } from "../../../core/event/hash.ts";
import type { Authority } from "../../../core/permissions/authority.ts";
import { holds } from "../../../core/permissions/bits.ts";
import type { ControlIntent } from "../../rooms/control_tip.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { findUsableInvite, type UsableInvite } from "./find_usable_invite.ts";
import { returnInviteUse, takeInviteUse } from "./invite_rows.ts";

/**
 * Joins the guild of a link: an invite in its author's name, the join, and the role it grants.
 * Somebody who is a member already is simply let in, and no use is counted. PROTOCOL.md 9.
 * @throws OperationError `not_found`, `gone`, `forbidden`, `rate_limited`
 */
export async function acceptInvite(
  deps: ChatDeps,
  user: { readonly userId: UserId; readonly address: string },
  code: string,
): Promise<{ readonly guild_id: string; readonly channel_id: string | null }> {
  const invite = await findUsableInvite(deps, code);
  const { room, row } = invite;
  const answer = { guild_id: room.id, channel_id: row.channel_id };
  const { userId } = user;
  if (room.authority.isJoined(userId)) return answer;
  if (room.authority.membership(userId, deps.clock.now()) === "ban") {
    throw new OperationError("forbidden", "You are banned from this guild.");
  }
  await deps.throttle.take("joins", [
    { policy: "joinAccount", who: userId },
    { policy: "joinAddress", who: user.address },
    { policy: "joinGuild", who: room.id },
  ]);
  if (!await takeInviteUse(deps.sql, code, deps.clock.now())) {
    throw new OperationError("gone", "Somebody else took the last use of this link just now.");
  }
  let joined = false;
  try {
    await room.changeControl((authority) => {
      joined = !authority.isJoined(userId);
      return { intents: joined ? joinIntents(authority, userId, invite) : [] };
    });
  } catch (error) {
    await returnInviteUse(deps.sql, code);
    throw error;
  }
  if (!joined) await returnInviteUse(deps.sql, code);
  await grantRole(deps, userId, invite);
  return answer;
}

function joinIntents(authority: Authority, userId: UserId, invite: UsableInvite): ControlIntent[] {
  const { author, row } = invite;
  const join: ControlIntent = {
    type: "m.room.member",
    sender: userId,
    stateKey: userId,
    content: { membership: "join" },
  };
  if (userId === authority.owner()) return [join];
  const link = encodeBase58Of32(nobleBlake3(new TextEncoder().encode(row.code)));
  return [{
    type: "m.room.member",
    sender: author,
    stateKey: userId,
    content: { membership: "invite", link },
  }, join];
}

/** The role of the link, where its author may still give it; a join never fails for it. */
async function grantRole(
  deps: Pick<ChatDeps, "clock" | "log">,
  userId: UserId,
  { room, row, author }: UsableInvite,
): Promise<void> {
  const role = row.role_id === null ? undefined : parseRoleId(row.role_id);
  if (role === undefined) return;
  try {
    await room.changeControl((authority) => {
      const position = authority.table().roles.get(role)?.position;
      const mayGive = position !== undefined && position < authority.rank(author) &&
        holds(authority.base(author, deps.clock.now()), "MANAGE_ROLES");
      const held = authority.rolesOf(userId);
      if (!mayGive || held.includes(role)) return { intents: [] };
      return {
        intents: [{
          type: "m.guild.member_roles",
          sender: author,
          stateKey: userId,
          content: { roles: [...held, role].sort() },
        }],
      };
    });
  } catch (error) {
    deps.log.log("warn", "A link's role could not be given.", { guild: room.id, role, error });
  }
}
