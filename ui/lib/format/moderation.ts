import type { Guild, Member } from "../../../core/api/guild.ts";
import { can } from "./rights.ts";

export type ModerationAct = "timeout" | "kick" | "ban";

const RIGHTS = { timeout: "MODERATE_MEMBERS", kick: "KICK", ban: "BAN" } as const;

/** What the viewer may do about a member of lower rank; nothing about the owner, or oneself. */
export function moderationOf(
  guild: Guild,
  member: Member,
): { readonly roles: boolean; readonly acts: readonly ModerationAct[] } {
  const rank = Math.max(
    0,
    ...guild.roles.filter((role) => member.roles.includes(role.id)).map((role) => role.position),
  );
  if (
    guild.owner === member.user.id || guild.me.user.id === member.user.id || rank >= guild.rank
  ) return { roles: false, acts: [] };
  const { permissions } = guild;
  return {
    roles: can(permissions, "MANAGE_ROLES"),
    acts: (["timeout", "kick", "ban"] as const).filter((act) => can(permissions, RIGHTS[act])),
  };
}
