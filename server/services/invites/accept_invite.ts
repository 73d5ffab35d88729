import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Authority } from "../../../core/permissions/authority.ts";
import type { ControlIntent } from "../../rooms/control_tip.ts";
import { requireGuildPlace } from "../guilds/joined_guilds.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { requireNoBan } from "../members/ban_words.ts";
import { findUsableInvite, type UsableInvite } from "./find_usable_invite.ts";
import { giveLinkRole } from "./give_link_role.ts";
import { stayIntents } from "../members/stays.ts";
import { linkHash } from "./link_hash.ts";
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
  requireNoBan(room.authority, { userId, nowMs: deps.clock.now(), who: "You are" });
  await requireGuildPlace(deps, userId);
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
      const nowMs = deps.clock.now();
      return { intents: joined ? joinIntents(authority, { userId, nowMs }, invite) : [] };
    });
  } catch (error) {
    await returnInviteUse(deps.sql, code);
    throw error;
  }
  if (!joined) await returnInviteUse(deps.sql, code);
  await giveLinkRole(deps, { room, userId, author: invite.author, roleId: row.role_id });
  return answer;
}

function joinIntents(
  authority: Authority,
  { userId, nowMs }: { readonly userId: UserId; readonly nowMs: number },
  invite: UsableInvite,
): ControlIntent[] {
  const { author, row } = invite;
  const join: ControlIntent = {
    type: "m.room.member",
    sender: userId,
    stateKey: userId,
    content: { membership: "join" },
  };
  if (userId === authority.owner()) return [join];
  return [
    {
      type: "m.room.member",
      sender: author,
      stateKey: userId,
      content: { membership: "invite", link: linkHash(row.code) },
    },
    join,
    ...stayIntents({ userId, author, staysS: row.stay_s, nowMs }),
  ];
}
