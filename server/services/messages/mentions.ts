import type { JsonObject } from "../../../core/event/json.ts";
import { readContent } from "../../../core/event/kinds/kind.ts";
import { messageKind } from "../../../core/event/kinds/message.ts";
import { mentionsIn } from "../../../core/event/mention_tokens.ts";
import type { ChannelId } from "../../../core/ids/channel_id.ts";
import { parseRoleId, type RoleId } from "../../../core/ids/role_id.ts";
import { parseUserId, type UserId } from "../../../core/ids/user_id.ts";
import { limits } from "../../../core/limits.ts";
import type { Authority } from "../../../core/permissions/authority.ts";
import { holds } from "../../../core/permissions/bits.ts";
import { contentOf, flagOf } from "../../rooms/content.ts";

/** Whom the sender allows its own text to ping; absent fields allow all. */
export interface AllowedMentions {
  readonly users?: readonly string[] | undefined;
  readonly roles?: readonly string[] | undefined;
  readonly everyone?: boolean | undefined;
  readonly replied_user?: boolean | undefined;
}

/** Whom a copy of another message pings. */
export const PINGS_NOBODY: AllowedMentions = {
  users: [],
  roles: [],
  everyone: false,
  replied_user: false,
};

export interface MentionInput {
  readonly body: string;
  readonly sender: UserId;
  readonly channelId: ChannelId;
  /** The sender's rights in the channel. */
  readonly rights: bigint;
  readonly allowed: AllowedMentions | undefined;
  /** Author of the message that is answered. */
  readonly repliedTo: UserId | undefined;
}

export interface EffectiveMentions {
  readonly users: readonly UserId[];
  readonly roles: readonly RoleId[];
  readonly everyone: boolean;
}

const NOBODY: EffectiveMentions = { users: [], roles: [], everyone: false };

/**
 * The mentions that take effect: of people who can see the channel, of roles open to mentions
 * (all with MENTION_EVERYONE), of everyone with MENTION_EVERYONE. The rest stays text.
 */
export function effectiveMentions(authority: Authority, input: MentionInput): EffectiveMentions {
  const tokens = mentionsIn(input.body);
  if (tokens.length === 0 && input.repliedTo === undefined) return NOBODY;
  const mayAll = holds(input.rights, "MENTION_EVERYONE");
  const { allowed } = input;
  const users = new Set<UserId>();
  const roles = new Set<RoleId>();
  let everyone = false;
  const viewers = authority.viewersOf(input.channelId);
  for (const token of tokens) {
    if (token.kind === "everyone") everyone = mayAll && allowed?.everyone !== false;
    if (token.kind === "user" && (allowed?.users?.includes(token.id) ?? true)) {
      const id = parseUserId(token.id);
      if (id !== undefined && viewers.has(id)) users.add(id);
    }
    if (token.kind === "role" && (allowed?.roles?.includes(token.id) ?? true)) {
      const id = parseRoleId(token.id);
      if (id !== undefined && mayMention(authority, id, mayAll)) roles.add(id);
    }
  }
  const { repliedTo } = input;
  if (repliedTo !== undefined && allowed?.replied_user !== false && viewers.has(repliedTo)) {
    users.add(repliedTo);
  }
  users.delete(input.sender);
  return {
    users: [...users].slice(0, limits.content.maxMentions),
    roles: [...roles].slice(0, limits.content.maxMentions),
    everyone,
  };
}

/**
 * Of the mentions that a message of another server claims those that its sender may make: rights
 * that depend on content decide about the effect alone, never about the message. PROTOCOL.md 4.
 */
export function admittedMentions(
  authority: Authority,
  claim: {
    readonly content: JsonObject;
    readonly sender: UserId;
    readonly channelId: ChannelId;
    readonly originTs: number;
  },
): EffectiveMentions {
  const { content, sender, channelId, originTs } = claim;
  const claimed = readContent(messageKind, content)?.mentions ?? {};
  const rights = authority.rights(sender, channelId, originTs);
  const mayAll = holds(rights, "MENTION_EVERYONE");
  const viewers = authority.viewersOf(channelId);
  return {
    users: unique(claimed.users).filter((id) => viewers.has(id) && id !== sender),
    roles: unique(claimed.roles).filter((id) => mayMention(authority, id, mayAll)),
    everyone: claimed.everyone === true && mayAll,
  };
}

function unique<Id>(ids: readonly Id[] = []): Id[] {
  return [...new Set(ids)];
}

function mayMention(authority: Authority, role: RoleId, mayAll: boolean): boolean {
  if (!authority.table().roles.has(role)) return false;
  return mayAll || flagOf(contentOf(authority.view.get("m.guild.role", role)), "mentionable");
}

/** The rows' targets: user ids, '&' and role ids, 'everyone'. */
export function mentionTargets(mentions: EffectiveMentions): string[] {
  return [
    ...mentions.users,
    ...mentions.roles.map((role) => `&${role}`),
    ...(mentions.everyone ? ["everyone"] : []),
  ];
}

/** What `mentionTargets` made, as mentions again. */
export function mentionsOfTargets(targets: readonly string[]) {
  return {
    users: targets.filter((target) => target.startsWith("@")),
    roles: targets.filter((target) => target.startsWith("&")).map((target) => target.slice(1)),
    everyone: targets.includes("everyone"),
  };
}
