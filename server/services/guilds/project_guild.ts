import type { Channel, ChannelKind } from "../../../core/api/channel.ts";
import type { AwayServer } from "../../../core/api/delivery.ts";
import type { Guild, GuildSummary, Member, Role } from "../../../core/api/guild.ts";
import type { User } from "../../../core/api/user.ts";
import { VOICE_LIMITS } from "../../../core/api/voice.ts";
import { joinRuleOf } from "../../../core/auth/join_rule.ts";
import { type ChannelId, MAIN_CHANNEL } from "../../../core/ids/channel_id.ts";
import { EVERYONE, type RoleId } from "../../../core/ids/role_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Authority } from "../../../core/permissions/authority.ts";
import { BIT, formatBits, holds } from "../../../core/permissions/bits.ts";
import type { ChannelPolicy } from "../../../core/permissions/channel_policy.ts";
import { isHistoryJoined } from "../../../core/permissions/joined_history.ts";
import { predecessorOf, replacementOf } from "../../../core/rules/succession.ts";
import type { Room } from "../../rooms/room.ts";
import { isEncrypted, mayEncrypt } from "../e2ee/room_encryption.ts";
import { projectEmoji } from "./project_emoji.ts";
import { projectWelcome } from "./project_welcome.ts";
import { knocksOn } from "../invites/knocks_on.ts";
import { stayUntil } from "../../../core/permissions/stay.ts";
import { contentOf, flagOf, integerOf, textOf } from "../../rooms/content.ts";

const KINDS: ReadonlySet<string> = new Set(["category", "text", "voice"]);

/** Who looks, and when: rights depend on both. */
export interface Viewer {
  readonly userId: UserId;
  readonly nowMs: number;
}

export function projectSummary(room: Room): GuildSummary {
  const { authority } = room;
  const meta = contentOf(authority.view.get("m.guild.meta", ""));
  return {
    id: room.id,
    name: textOf(meta, "name") ?? "Unnamed guild",
    icon: textOf(meta, "icon"),
    description: textOf(meta, "description"),
    owner: authority.owner() ?? null,
    member_count: authority.memberCount(),
  };
}

export interface GuildParts {
  readonly me: Member;
  /** Private channels of the guild that the viewer may see, already projected. */
  readonly privateChannels: readonly Channel[];
  /** Servers of members that cannot be reached. */
  readonly away: readonly AwayServer[];
  /** What administrators are warned of. */
  readonly ownerRivals: Guild["owner_rivals"];
  /** Last message of each channel by id, where there is one. */
  readonly lastMessages: ReadonlyMap<ChannelId, string>;
}

/** A guild as one member sees it; channels without VIEW_CHANNEL are left out. */
export function projectGuild(room: Room, viewer: Viewer, parts: GuildParts): Guild {
  const { authority } = room;
  const rank = authority.rank(viewer.userId);
  return {
    ...projectSummary(room),
    channels: [...projectChannels(room, viewer, parts.lastMessages), ...parts.privateChannels],
    roles: projectRoles(authority),
    emoji: projectEmoji(authority),
    permissions: formatBits(authority.base(viewer.userId, viewer.nowMs)),
    rank: rank === Infinity ? Number.MAX_SAFE_INTEGER : rank,
    me: parts.me,
    welcome: projectWelcome(authority, viewer),
    history: isHistoryJoined(authority) ? "joined" : "shared",
    local_only: !authority.room.federate,
    predecessor: predecessorOf(authority.view.get("m.room.create", ""))?.roomId ?? null,
    successor: replacementOf(authority.view) ?? null,
    knock: joinRuleOf(authority) === "knock",
    knocking: holds(authority.base(viewer.userId, viewer.nowMs), "CREATE_INVITE")
      ? knocksOn(authority).length
      : 0,
    owner_rivals: [...parts.ownerRivals],
    checking: room.checking ?? null,
    away: [...parts.away],
  };
}

function projectChannels(
  room: Room,
  viewer: Viewer,
  lastMessages: ReadonlyMap<ChannelId, string>,
): Channel[] {
  const channels: Channel[] = [];
  for (const [id, policy] of room.authority.channels()) {
    const channel = projectChannel(room, {
      id,
      policy,
      viewer,
      lastMessageId: lastMessages.get(id),
    });
    if (channel !== undefined) channels.push(channel);
  }
  const shown = new Set(channels.map((channel) => channel.parent));
  // A category shows when a channel in it does, or when one may put channels into it.
  return channels
    .filter((channel) =>
      channel.kind !== "category" || shown.has(channel.id) ||
      holds(BigInt(`0x${channel.permissions}`), "MANAGE_CHANNELS")
    )
    .sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
}

export interface ChannelParts {
  readonly id: ChannelId;
  readonly policy: ChannelPolicy;
  readonly viewer: Viewer;
  readonly lastMessageId: string | undefined;
}

/** One channel, or undefined where it is closed, strange or not for the viewer. */
export function projectChannel(room: Room, parts: ChannelParts): Channel | undefined {
  const { id, policy, viewer } = parts;
  const { authority } = room;
  if (policy.closed || !KINDS.has(policy.kind)) return undefined;
  const bits = authority.rights(viewer.userId, id, viewer.nowMs);
  if (!holds(bits, "VIEW_CHANNEL")) return undefined;
  const meta = contentOf(authority.view.get("m.channel.meta", id));
  const isPrivate = authority.room.kind === "private";
  return {
    room_id: room.id,
    id,
    kind: policy.kind as ChannelKind,
    private: isPrivate,
    encrypted: isEncrypted(authority),
    may_encrypt: mayEncrypt(authority, viewer.userId),
    name: textOf(meta, "name") ?? (isPrivate ? "private" : "unnamed"),
    topic: textOf(meta, "topic"),
    parent: policy.parent ?? null,
    order: integerOf(meta, "order"),
    slow_mode_s: integerOf(meta, "slow_mode_s"),
    archived: flagOf(meta, "archived"),
    age_restricted: flagOf(meta, "age_restricted"),
    user_limit: integerOf(meta, "user_limit"),
    bitrate: integerOf(meta, "bitrate") || VOICE_LIMITS.defaultBitrate,
    hidden: !everyoneSees(authority, policy),
    entries: [...policy.entries.values()].map((entry) => ({
      target: entry.target,
      allow: formatBits(entry.allow),
      deny: formatBits(entry.deny),
    })),
    permissions: formatBits(bits),
    last_message_id: parts.lastMessageId ?? null,
  };
}

function everyoneSees(authority: Authority, policy: ChannelPolicy): boolean {
  const everyone = policy.entries.get(EVERYONE);
  const base = authority.table().everyone;
  const bits = everyone === undefined ? base : (base & ~everyone.deny) | everyone.allow;
  return (bits & BIT.VIEW_CHANNEL) !== 0n;
}

/** The roles with how many members hold each: as many steps as there are members. */
export function countRoles(authority: Authority, roles: readonly Role[]): Role[] {
  const counts = new Map<string, number>([[EVERYONE, authority.memberCount()]]);
  for (const userId of authority.joinedUsers()) {
    for (const id of authority.rolesOf(userId)) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return roles.map((role) => ({ ...role, member_count: counts.get(role.id) ?? 0 }));
}

/** All roles, strongest first, everyone last. */
export function projectRoles(authority: Authority): Role[] {
  const table = authority.table();
  const roles = [...table.roles].map(([id, { position, bits }]): Role => {
    const meta = contentOf(authority.view.get("m.guild.role", id));
    return {
      id,
      name: textOf(meta, "name") ?? "unnamed",
      color: textOf(meta, "color"),
      hoist: flagOf(meta, "hoist"),
      mentionable: flagOf(meta, "mentionable"),
      position,
      bits: formatBits(bits),
    };
  }).sort((a, b) => b.position - a.position || (a.id < b.id ? -1 : 1));
  return [...roles, {
    id: EVERYONE,
    name: "everyone",
    color: null,
    hoist: false,
    mentionable: false,
    position: 0,
    bits: formatBits(table.everyone),
  }];
}

/** A member; `presence` is what others may know of it. */
export function projectMember(
  room: Room,
  user: User,
  presence: Member["presence"],
): Member {
  const userId = user.id as UserId;
  const { authority } = room;
  const profile = contentOf(authority.view.get("m.member.profile", userId));
  const until = authority.timeoutUntil(userId);
  return {
    user,
    ...(authority.member(userId)?.kind === "webhook" ? { webhook: true as const } : {}),
    nickname: textOf(profile, "nickname"),
    guild_avatar: textOf(profile, "avatar"),
    roles: [...authority.rolesOf(userId)],
    joined_ts: authority.view.get("m.room.member", userId)?.pdu.origin_ts ?? 0,
    timeout_until: until > 0 ? until : null,
    stay_until: stayUntil(authority, userId) ?? null,
    presence,
  };
}

/** Colour of the strongest role that has one. */
export function colorOf(authority: Authority, userId: UserId): string | null {
  let best: { readonly position: number; readonly color: string } | undefined;
  for (const id of authority.rolesOf(userId) as readonly RoleId[]) {
    const position = authority.table().roles.get(id)?.position ?? 0;
    const color = textOf(contentOf(authority.view.get("m.guild.role", id)), "color");
    if (color !== null && (best === undefined || position > best.position)) {
      best = { position, color };
    }
  }
  return best?.color ?? null;
}

/** The channel's display name for audit lines and notices. */
export function channelName(authority: Authority, id: ChannelId): string {
  const meta = contentOf(authority.view.get("m.channel.meta", id));
  return textOf(meta, "name") ?? (id === MAIN_CHANNEL ? "main" : "unnamed");
}
