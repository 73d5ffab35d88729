import type { HeldEvent } from "../event/event.ts";
import type { ServerName } from "../ids/server_name.ts";
import { serverOf, type UserId } from "../ids/user_id.ts";
import type { Authority } from "../permissions/authority.ts";
import { ALLOWED, refuse, type Verdict } from "./verdict.ts";

/**
 * The server that keeps a private room in step with its guild: it vouches for joins by role and
 * sends away who lost it. The room's sequencer, which is its creator's server. PROTOCOL.md 9.
 */
export function custodianOf(room: Authority): ServerName {
  return serverOf(room.room.creator);
}

/** Whether the guild's present roles let a member into its private room. PROTOCOL.md 9. */
export function mayJoinByRole(room: Authority, guild: Authority, user: UserId): boolean {
  const rules = room.view.get("m.room.join_rules", "")?.pdu.content;
  if (rules?.["rule"] !== "restricted" || !guild.isJoined(user)) return false;
  const allow = rules["allow"];
  const held: readonly string[] = guild.rolesOf(user);
  return Array.isArray(allow) && allow.some((entry) => {
    const { guild: named, role } = (entry ?? {}) as { guild?: unknown; role?: unknown };
    return named === guild.room.roomId && typeof role === "string" && held.includes(role);
  });
}

/**
 * Whether a member of a private room still belongs there, seen from its guild: who was invited
 * stays as long as the guild has him, who came by a role as long as he has one that opens it.
 * Where it says no, the custodian sends him away, and other servers that are in both rooms
 * soft-fail his events and deliver nothing to him meanwhile. PROTOCOL.md 9.
 */
export function mayStayInPrivate(room: Authority, guild: Authority, user: UserId): boolean {
  if (!guild.isJoined(user)) return false;
  const byRole = room.member(user)?.authorisedVia !== undefined;
  return !byRole || mayJoinByRole(room, guild, user);
}

/**
 * Step 6 in a private room whose guild is held too: whom the guild has sent away says nothing
 * here any more, also before the custodian has removed him. Judged by the room alone are one's
 * own leave; a join that is vouched for, because the custodian looked at the guild before it
 * signed; and control events of the custodian's server, whose kicks are sent in the name of the
 * room's owner wherever he is. PROTOCOL.md 9.
 */
export function judgeByGuild(
  { pdu }: Pick<HeldEvent, "pdu">,
  { room, guild }: { readonly room: Authority; readonly guild: Authority },
): Verdict {
  const { sender, content } = pdu;
  if (mayStayInPrivate(room, guild, sender)) return ALLOWED;
  if (!("channel_id" in pdu) && serverOf(sender) === custodianOf(room)) return ALLOWED;
  const isOwn = pdu.type === "m.room.member" && "state_key" in pdu && pdu.state_key === sender;
  const isVouched = content["membership"] === "join" && content["authorised_via"] !== undefined;
  return isOwn && (content["membership"] === "leave" || isVouched)
    ? ALLOWED
    : refuse("now.guild", `the guild of this private channel no longer lets ${sender} in`);
}
