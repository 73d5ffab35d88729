import type { Member } from "../../../core/api/guild.ts";
import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { limits } from "../../../core/limits.ts";
import type { Authority } from "../../../core/permissions/authority.ts";
import { stayUntil } from "../../../core/permissions/stay.ts";
import { contentOf } from "../../rooms/content.ts";
import type { ControlIntent } from "../../rooms/control_tip.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openGuild } from "../chat/place.ts";
import { viewMember } from "../chat/view_guild.ts";
import { patch, withReason } from "../guilds/update_guild.ts";
import { requireRoleId } from "../roles/find_role.ts";
import { requireMember } from "./get_member.ts";
import { avatarFields, avatarUse, claimableAvatar } from "./guild_avatar.ts";
import { requireStayEnd } from "./stays.ts";

export interface MemberChange {
  readonly nickname?: string | null | undefined;
  readonly guild_avatar?: string | null | undefined;
  readonly roles?: readonly string[] | undefined;
  readonly timeout_until?: number | null | undefined;
  readonly stay_until?: number | null | undefined;
  readonly reason?: string | undefined;
}

interface Target {
  readonly userId: UserId;
  readonly target: UserId;
  readonly change: MemberChange;
  /** What the profile's event says of the picture. */
  readonly avatar: Readonly<Record<string, string | null>>;
}

/** @throws OperationError `invalid`, `forbidden`, `not_found` */
export async function updateMember(
  deps: ChatDeps,
  userId: UserId,
  input: { readonly guildId: string; readonly userId: string; readonly change: MemberChange },
): Promise<Member> {
  const room = await openGuild(deps, userId, input.guildId);
  const target = requireMember(room, input.userId);
  const avatar = await claimableAvatar(deps, room, {
    userId,
    target,
    avatar: input.change.guild_avatar,
  });
  const wanted = { userId, target, change: input.change, avatar: avatarFields(avatar) };
  await room.changeControl((authority) => ({
    intents: [
      ...profileIntents(authority, wanted),
      ...roleIntents(authority, wanted),
      ...timeoutIntents(deps, wanted),
      ...stayChange(authority, wanted, deps.clock.now()),
    ],
    rows: avatar === undefined ? [] : avatarUse(room, target, { avatar, nowMs: deps.clock.now() }),
  }));
  return await viewMember(deps, room, target);
}

function profileIntents(authority: Authority, wanted: Target): ControlIntent[] {
  const { nickname, reason } = wanted.change;
  if (nickname === undefined && wanted.avatar["avatar"] === undefined) return [];
  const before = contentOf(authority.view.get("m.member.profile", wanted.target)) ?? {};
  return [{
    type: "m.member.profile",
    sender: wanted.userId,
    stateKey: wanted.target,
    content: withReason(
      patch(before, { nickname: nickname === "" ? null : nickname, ...wanted.avatar }),
      reason,
    ),
  }];
}

function roleIntents(authority: Authority, wanted: Target): ControlIntent[] {
  const { roles, reason } = wanted.change;
  if (roles === undefined) return [];
  const ids = [...new Set(roles.map((raw) => requireRoleId(authority, raw)))].sort();
  const now = [...authority.rolesOf(wanted.target)].sort();
  if (ids.join(" ") === now.join(" ")) return [];
  return [{
    type: "m.guild.member_roles",
    sender: wanted.userId,
    stateKey: wanted.target,
    content: withReason({ roles: ids }, reason),
  }];
}

function timeoutIntents(deps: Pick<ChatDeps, "clock">, wanted: Target): ControlIntent[] {
  const { timeout_until: until, reason } = wanted.change;
  if (until === undefined) return [];
  const nowMs = deps.clock.now();
  if (until !== null && (until <= nowMs || until > nowMs + limits.authority.maxTimeoutMs)) {
    throw new OperationError(
      "invalid",
      "A timeout ends in the future and within 28 days; null lifts it.",
      { details: { field: "timeout_until" } },
    );
  }
  return [{
    type: "m.room.timeout",
    sender: wanted.userId,
    stateKey: wanted.target,
    content: withReason({ until: until ?? 0 }, reason),
  }];
}

function stayChange(authority: Authority, wanted: Target, nowMs: number): ControlIntent[] {
  const { stay_until: until, reason } = wanted.change;
  if (until === undefined) return [];
  if (until !== null) requireStayEnd(until, nowMs);
  if ((until ?? undefined) === stayUntil(authority, wanted.target)) return [];
  return [{
    type: "m.member.stay",
    sender: wanted.userId,
    stateKey: wanted.target,
    content: withReason({ until: until ?? 0 }, reason),
  }];
}
