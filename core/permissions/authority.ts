import { isServerAllowed } from "../auth/server_acl.ts";
import { type ChannelId, MAIN_CHANNEL } from "../ids/channel_id.ts";
import { EVERYONE, type RoleId } from "../ids/role_id.ts";
import type { ServerName } from "../ids/server_name.ts";
import { parseUserId, serverOf, type UserId } from "../ids/user_id.ts";
import type { RoomFacts } from "../rules/room_facts.ts";
import type { StateAddress, StateView } from "../state/state_map.ts";
import { AuthorityMemo, type Standing } from "./authority_memo.ts";
import {
  ALL_BITS,
  DM_BITS,
  GROUP_DM_BITS,
  holds,
  NO_BITS,
  type Right,
  TIMED_OUT_BITS,
  WEBHOOK_BITS,
} from "./bits.ts";
import { type ChannelPolicy, hasText, OPEN_MAIN } from "./channel_policy.ts";
import { type MemberContent, type Membership, membershipAt } from "./member_content.ts";
import { type RoleSet, RolesTable } from "./roles_table.ts";
import { serversOf } from "./servers_of.ts";
import { type Bearers, SharedSets } from "./shared_sets.ts";

/** Users whose standing one view remembers: those who act while it is the present one. */
const STANDINGS_MAX = 2048;

/** The rank of the owner; no other rank reaches it. */
export const OWNER_RANK = Infinity;

/**
 * Who may do what in a room, read from one state. PROTOCOL.md 4. Cheap to make: everything
 * is computed when asked, and parsed contents are shared by all views that share `memo`.
 *
 * `atTs` is the `origin_ts` of the event judged, or the present time for a person's own view;
 * only timeouts, expired invites and ended bans depend on it.
 */
export class Authority {
  readonly view: StateView;
  readonly room: RoomFacts;
  readonly #memo: AuthorityMemo;
  readonly #sets: SharedSets;
  /** Standings in this very view, where no source needs to be compared. */
  readonly #standings = new Map<UserId, Standing>();
  /** A long list is matched once for each server while this is the present view. */
  readonly #letIn = new Map<ServerName, boolean>();
  #table: RolesTable | undefined;
  #owner: { readonly user: UserId | undefined } | undefined;

  constructor(view: StateView, room: RoomFacts, memo = new AuthorityMemo(), sets?: SharedSets) {
    this.view = view;
    this.room = room;
    this.#memo = memo;
    this.#sets = sets ?? new SharedSets();
  }

  /**
   * The authority of the state that follows, keeping all that `changed` does not touch.
   * `changed` must name every address at which the two views differ.
   */
  next(view: StateView, changed: Iterable<StateAddress>): Authority {
    return new Authority(view, this.room, this.#memo, this.#sets.after(changed));
  }

  /** The same room's authority over another, unrelated state; parsed contents stay shared. */
  over(view: StateView): Authority {
    return new Authority(view, this.room, this.#memo);
  }

  /** The owner, or undefined where nobody is: no owner event in sight, or a DM. */
  owner(): UserId | undefined {
    this.#owner ??= { user: this.#readOwner() };
    return this.#owner.user;
  }

  #readOwner(): UserId | undefined {
    if (this.room.kind === "dm") return undefined;
    const user = this.view.get("m.guild.owner", "")?.pdu.content["user"];
    return typeof user === "string" ? parseUserId(user) : undefined;
  }

  /** The roles table in force; without one in sight, an empty one. */
  table(): RolesTable {
    if (this.#table === undefined) {
      const event = this.view.get("m.guild.roles", "");
      this.#table = event === undefined ? RolesTable.NONE : this.#memo.table(event);
    }
    return this.#table;
  }

  member(user: UserId): MemberContent | undefined {
    const event = this.view.get("m.room.member", user);
    return event === undefined ? undefined : this.#memo.member(event);
  }

  /** Membership; with `atTs`, an expired invite or ended ban counts as leave. */
  membership(user: UserId, atTs?: number): Membership {
    const member = this.member(user);
    return atTs === undefined ? member?.membership ?? "leave" : membershipAt(member, atTs);
  }

  isJoined(user: UserId): boolean {
    return this.member(user)?.membership === "join";
  }

  /** Roles in force, sorted: those that exist, given since the present join. Never `everyone`. */
  rolesOf(user: UserId): readonly RoleId[] {
    return this.#standing(user).set.roles;
  }

  /** `OWNER_RANK` for the owner, else the highest position among the roles in force, else 0. */
  rank(user: UserId): number {
    return user === this.owner() ? OWNER_RANK : this.#standing(user).set.rank;
  }

  /** End of the user's timeout, ms; 0 without one. */
  timeoutUntil(user: UserId): number {
    const until = this.view.get("m.room.timeout", user)?.pdu.content["until"];
    return typeof until === "number" ? until : 0;
  }

  isTimedOut(user: UserId, atTs: number): boolean {
    return user !== this.owner() && this.timeoutUntil(user) > atTs;
  }

  /** Rights in the room as a whole. */
  base(user: UserId, atTs: number): bigint {
    return this.#capped(this.#uncappedBase(user), user, atTs);
  }

  /** Rights in one channel; none where the channel is closed, unknown or hidden from the user. */
  rights(user: UserId, channelId: ChannelId, atTs: number): bigint {
    return this.#capped(this.#uncappedRights(user, channelId), user, atTs);
  }

  /** What `rights` would answer for a joined user under another policy of the channel; no timeout counts. */
  rightsUnder(user: UserId, channelId: ChannelId, policy: ChannelPolicy): bigint {
    return this.#underPolicy(user, channelId, policy);
  }

  /** What a member with these roles and no entry of their own may do: in the channel, or in the room. */
  rightsOfRoles(roles: readonly RoleId[], channelId?: ChannelId): bigint {
    const set = this.table().setOf([...roles].sort());
    if (channelId === undefined || set.base === ALL_BITS) {
      return channelId !== undefined && this.channel(channelId)?.closed !== false
        ? NO_BITS
        : set.base;
    }
    const policy = this.channel(channelId);
    if (policy === undefined || policy.closed) return NO_BITS;
    const bits = bitsOfSet(set, policy);
    return holds(bits, "VIEW_CHANNEL") ? bits : NO_BITS;
  }

  /** Whether the user holds a right, in the channel where one is given, else in the room. */
  has(user: UserId, right: Right, at: { atTs: number; channelId?: ChannelId }): boolean {
    const bits = at.channelId === undefined
      ? this.base(user, at.atTs)
      : this.rights(user, at.channelId, at.atTs);
    return holds(bits, right);
  }

  /** The channel, open or closed, or undefined. */
  channel(channelId: ChannelId): ChannelPolicy | undefined {
    const event = this.view.get("m.channel.policy", channelId);
    if (this.room.kind === "guild") {
      return event === undefined ? undefined : this.#memo.policy(event);
    }
    if (channelId !== MAIN_CHANNEL) return undefined;
    return event === undefined || this.room.kind !== "private"
      ? OPEN_MAIN
      : this.#memo.policy(event);
  }

  /** Every channel that was ever made, closed ones too. */
  channels(): ReadonlyMap<ChannelId, ChannelPolicy> {
    const channels = new Map<ChannelId, ChannelPolicy>();
    if (this.room.kind !== "guild") {
      return channels.set(MAIN_CHANNEL, this.channel(MAIN_CHANNEL) ?? OPEN_MAIN);
    }
    for (const [id, event] of this.view.entriesOf("m.channel.policy")) {
      channels.set(id as ChannelId, this.#memo.policy(event));
    }
    return channels;
  }

  joinedUsers(): ReadonlySet<UserId> {
    return this.#sets.joined({
      all: () => new Set([...this.#members()].filter((user) => this.isJoined(user))),
      holds: (user) => this.isJoined(user),
    });
  }

  /** Joined, and a webhook: it writes, and is nobody who comes and goes. */
  isWebhook(user: UserId): boolean {
    const member = this.member(user);
    return member?.membership === "join" && member.kind === "webhook";
  }

  /** How many people are joined; bots count, webhooks do not. */
  memberCount(): number {
    const joined = this.joinedUsers();
    const webhooks = this.#sets.webhooks({
      all: () => new Set([...joined].filter((user) => this.isWebhook(user))),
      holds: (user) => this.isWebhook(user),
    });
    return joined.size - webhooks.size;
  }

  /** The same by server, for each that has somebody joined: 0 where that is a webhook alone. */
  membersByServer(): Map<ServerName, number> {
    const counts = new Map<ServerName, number>();
    for (const user of this.joinedUsers()) {
      const server = serverOf(user);
      counts.set(server, (counts.get(server) ?? 0) + (this.isWebhook(user) ? 0 : 1));
    }
    return counts;
  }

  /** Joined users with VIEW_CHANNEL in the channel. Kept and patched from view to view. */
  viewersOf(channelId: ChannelId): ReadonlySet<UserId> {
    return this.#sets.viewers(channelId, {
      all: () => this.#readViewers(channelId),
      holds: (user) => this.#views(user, channelId),
    });
  }

  #views(user: UserId, channelId: ChannelId): boolean {
    return holds(this.#uncappedRights(user, channelId), "VIEW_CHANNEL");
  }

  /** By sets of roles: in a large guild many users have the same few. */
  #readViewers(channelId: ChannelId): ReadonlySet<UserId> {
    const viewers = new Set<UserId>();
    const policy = this.channel(channelId);
    if (policy === undefined || policy.closed) return viewers;
    const joined = this.joinedUsers();
    const apart = [...policy.entries.keys()].filter((target): target is UserId =>
      joined.has(target as UserId)
    );
    for (const [set, users] of this.#bearers()) {
      if (set === null) apart.push(...users);
      else if (holds(bitsUnder(set, policy), "VIEW_CHANNEL")) {
        users.forEach((user) => viewers.add(user));
      }
    }
    for (const user of apart) {
      if (this.#views(user, channelId)) viewers.add(user);
      else viewers.delete(user);
    }
    return viewers;
  }

  #bearers(): Bearers {
    return this.#sets.bearers({
      all: () => {
        const groups = new Map<RoleSet | null, Set<UserId>>();
        for (const user of this.joinedUsers()) {
          const set = this.#groupOf(user);
          if (set === undefined) continue;
          const users = groups.get(set) ?? new Set();
          groups.set(set, users.add(user));
        }
        return groups;
      },
      groupOf: (user) => this.#groupOf(user),
    });
  }

  /** The set of roles on which all that a user may do rests, their own entries apart. */
  #groupOf(user: UserId): RoleSet | null | undefined {
    const { joined, webhookChannel, set } = this.#standing(user);
    if (!joined) return undefined;
    const byRoles = this.room.kind === "guild" || this.room.kind === "private";
    return byRoles && webhookChannel === undefined && user !== this.owner() ? set : null;
  }

  /**
   * Servers with a joined user who has VIEW_CHANNEL there, and that the room's ACL lets take part:
   * who may be sent what is said. PROTOCOL.md 2.
   */
  viewingServers(channelId: ChannelId): ReadonlySet<ServerName> {
    const servers = serversOf(this.viewersOf(channelId));
    const shutOut = [...servers].some((server) => !this.letsIn(server));
    return shutOut ? new Set([...servers].filter((server) => this.letsIn(server))) : servers;
  }

  /** Whether the room's ACL lets a server take part. */
  letsIn(server: ServerName): boolean {
    let known = this.#letIn.get(server);
    if (known === undefined) {
      known = isServerAllowed(this.view, server);
      this.#letIn.set(server, known);
    }
    return known;
  }

  /** Servers with a joined user: who is sent control events. */
  joinedServers(): ReadonlySet<ServerName> {
    return serversOf(this.joinedUsers());
  }

  *#members(): Iterable<UserId> {
    for (const [user] of this.view.entriesOf("m.room.member")) yield user as UserId;
  }

  #capped(bits: bigint, user: UserId, atTs: number): bigint {
    return bits !== NO_BITS && this.isTimedOut(user, atTs) ? bits & TIMED_OUT_BITS : bits;
  }

  #uncappedBase(user: UserId): bigint {
    const standing = this.#standing(user);
    if (!standing.joined) return NO_BITS;
    if (user === this.owner()) return ALL_BITS;
    if (standing.webhookChannel !== undefined) return NO_BITS;
    switch (this.room.kind) {
      case "dm":
        return this.room.users.includes(user) ? DM_BITS : NO_BITS;
      case "group_dm":
        return GROUP_DM_BITS;
      case "guild":
      case "private":
        return standing.set.base;
    }
  }

  #uncappedRights(user: UserId, channelId: ChannelId): bigint {
    const policy = this.channel(channelId);
    return policy === undefined ? NO_BITS : this.#underPolicy(user, channelId, policy);
  }

  #underPolicy(user: UserId, channelId: ChannelId, policy: ChannelPolicy): bigint {
    if (policy.closed) return NO_BITS;
    const base = this.#uncappedBase(user);
    if (base === ALL_BITS) return ALL_BITS;
    const standing = this.#standing(user);
    if (!standing.joined) return NO_BITS;
    if (standing.webhookChannel !== undefined) {
      return standing.webhookChannel === channelId && hasText(policy) ? WEBHOOK_BITS : NO_BITS;
    }
    let bits = policy.entries.size === 0 ? base : bitsOfSet(standing.set, policy);
    const own = policy.entries.get(user);
    if (own !== undefined) bits = (bits & ~own.deny) | own.allow;
    return holds(bits, "VIEW_CHANNEL") ? bits : NO_BITS;
  }

  #standing(user: UserId): Standing {
    const known = this.#standings.get(user);
    if (known !== undefined) return known;
    if (this.#standings.size >= STANDINGS_MAX) this.#standings.clear();
    const standing = this.#memo.standing(user, {
      member: this.view.get("m.room.member", user),
      memberRoles: this.view.get("m.guild.member_roles", user),
      table: this.table(),
    });
    this.#standings.set(user, standing);
    return standing;
  }
}

/** What a set of roles gives in a channel, before an entry of a bearer's own. */
function bitsUnder(set: RoleSet, policy: ChannelPolicy): bigint {
  return set.base === ALL_BITS || policy.entries.size === 0 ? set.base : bitsOfSet(set, policy);
}

/** Rights of all bearers of a role set: everyone's entry, then the unions over their roles' entries. */
function bitsOfSet(set: RoleSet, policy: ChannelPolicy): bigint {
  const known = set.inChannel.get(policy);
  if (known !== undefined) return known;
  let bits = set.base;
  const everyone = policy.entries.get(EVERYONE);
  if (everyone !== undefined) bits = (bits & ~everyone.deny) | everyone.allow;
  let allow = NO_BITS;
  let deny = NO_BITS;
  for (const role of set.roles) {
    const entry = policy.entries.get(role);
    if (entry === undefined) continue;
    allow |= entry.allow;
    deny |= entry.deny;
  }
  bits = (bits & ~deny) | allow;
  set.inChannel.set(policy, bits);
  return bits;
}
