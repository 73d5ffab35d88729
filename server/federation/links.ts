import { isServerAllowed } from "../../core/auth/server_acl.ts";
import { OperationError } from "../../core/errors.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import { serverOf, type UserId } from "../../core/ids/user_id.ts";
import type { Links } from "../../federation/membership_ports.ts";
import type { Room } from "../rooms/room.ts";
import type { ChatDeps } from "../services/chat/chat_deps.ts";
import { projectSummary } from "../services/guilds/project_guild.ts";
import { findUsableInvite, type UsableInvite } from "../services/invites/find_usable_invite.ts";
import { returnInviteUse, takeInviteUse } from "../services/invites/invite_rows.ts";
import { linkHash } from "../services/invites/link_hash.ts";
import { countOnline } from "../services/invites/look_at_invite.ts";
import { requireNoBan } from "../services/members/ban_words.ts";
import { linkGrants } from "./link_grants.ts";

/** Our invite links, for users of other servers. PROTOCOL.md 9. */
export function linksForOthers(deps: ChatDeps): Links {
  return {
    async look(code) {
      const { row, room, author } = await findUsableInvite(deps, code);
      const summary = projectSummary(room);
      return {
        roomId: room.id,
        name: summary.name,
        description: summary.description,
        icon: summary.icon,
        memberCount: summary.member_count,
        onlineCount: countOnline(deps, room),
        by: author,
        expiresTs: row.expires_ts,
        stayS: row.stay_s,
      };
    },
    redeem: (code, user) => redeem(deps, code, user),
  };
}

async function redeem(deps: ChatDeps, code: string, user: UserId) {
  const invite = await findUsableInvite(deps, code);
  const { room, row } = invite;
  const answer = { roomId: room.id as RoomId, channelId: row.channel_id };
  if (room.authority.isJoined(user)) return answer;
  requireWelcome(deps, room, user);
  await deps.throttle.take("joins", [
    { policy: "joinAccount", who: user },
    { policy: "joinGuild", who: room.id },
  ]);
  if (!await takeInviteUse(deps.sql, code, deps.clock.now())) {
    throw new OperationError("gone", "Somebody else took the last use of this link just now.");
  }
  let invited = false;
  try {
    await room.changeControl((authority) => {
      invited = !authority.isJoined(user);
      // The owner may always come back.
      return invited && user !== authority.owner() ? inviteOf(deps, user, invite) : { intents: [] };
    });
  } catch (error) {
    await returnInviteUse(deps.sql, code);
    throw error;
  }
  if (!invited) await returnInviteUse(deps.sql, code);
  return answer;
}

/** Whoever has the code may know of the guild: so this "no" can say why. */
function requireWelcome(deps: Pick<ChatDeps, "clock">, room: Room, user: UserId): void {
  const { authority } = room;
  if (!authority.room.federate) {
    throw new OperationError("forbidden", "This guild is for people of its own server alone.");
  }
  if (!isServerAllowed(authority.view, serverOf(user))) {
    throw new OperationError("forbidden", `This guild does not let ${serverOf(user)} take part.`);
  }
  requireNoBan(authority, { userId: user, nowMs: deps.clock.now(), who: `${user} is` });
}

function inviteOf(
  deps: Pick<ChatDeps, "clock">,
  user: UserId,
  { author, room, row }: UsableInvite,
) {
  return {
    intents: [{
      type: "m.room.member",
      sender: author,
      stateKey: user,
      content: { membership: "invite", link: linkHash(row.code) },
    }],
    // A link that promises nothing, too: what an earlier one promised counts no more.
    rows: [linkGrants.of({
      roomId: room.id,
      userId: user,
      author,
      roleId: row.role_id,
      stayS: row.stay_s,
      createdTs: deps.clock.now(),
    })],
  };
}
