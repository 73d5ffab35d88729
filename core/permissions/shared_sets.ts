import type { ChannelId } from "../ids/channel_id.ts";
import type { UserId } from "../ids/user_id.ts";
import type { RoleSet } from "./roles_table.ts";
import type { StateAddress } from "../state/state_map.ts";

interface Members {
  /** Reads the whole set, where nothing is known of it yet. */
  readonly all: () => ReadonlySet<UserId>;
  /** Whether one user belongs to the set. */
  readonly holds: (user: UserId) => boolean;
}

/** Joined users by the set of roles that says what they may do; under null those whom it does not. */
export type Bearers = ReadonlyMap<RoleSet | null, ReadonlySet<UserId>>;

interface Grouping {
  /** Reads all groups, where nothing is known of them yet. */
  readonly all: () => Bearers;
  /** The group of a user; undefined for one who is in none. */
  readonly groupOf: (user: UserId) => RoleSet | null | undefined;
}

interface KeptBearers {
  readonly groups: Bearers;
  /** Users whose group must be looked at again. */
  readonly unsure: ReadonlySet<UserId>;
}

interface Kept {
  readonly users: ReadonlySet<UserId>;
  /** Users whose place must be looked at again before `users` is right for this view. */
  readonly unsure: ReadonlySet<UserId>;
}

/** Above this many unsure users the whole set is read again. */
const UNSURE_MAX = 256;

const NONE: ReadonlySet<UserId> = new Set();

/** Events that change nothing about who is joined or sees which channel. */
const SIGHT_TYPES: ReadonlySet<string> = new Set([
  "m.room.member",
  "m.guild.member_roles",
  "m.guild.roles",
  "m.guild.owner",
  "m.channel.policy",
]);

/**
 * Sets of users (joined; viewers of a channel) handed on from view to view: a change of one
 * member costs one look at that member when the set is next read, not a walk over all.
 */
export class SharedSets {
  readonly #viewers: Map<ChannelId, Kept>;
  #joined: Kept | undefined;
  #webhooks: Kept | undefined;
  #bearers: KeptBearers | undefined;

  constructor(
    known: {
      readonly viewers?: Map<ChannelId, Kept>;
      readonly joined?: Kept | undefined;
      readonly webhooks?: Kept | undefined;
      readonly bearers?: KeptBearers | undefined;
    } = {},
  ) {
    this.#viewers = known.viewers ?? new Map();
    this.#joined = known.joined;
    this.#webhooks = known.webhooks;
    this.#bearers = known.bearers;
  }

  joined(members: Members): ReadonlySet<UserId> {
    this.#joined = settle(this.#joined, members);
    return this.#joined.users;
  }

  /** Those of the joined who are webhooks. */
  webhooks(members: Members): ReadonlySet<UserId> {
    this.#webhooks = settle(this.#webhooks, members);
    return this.#webhooks.users;
  }

  viewers(channelId: ChannelId, members: Members): ReadonlySet<UserId> {
    const kept = settle(this.#viewers.get(channelId), members);
    this.#viewers.set(channelId, kept);
    return kept.users;
  }

  bearers(grouping: Grouping): Bearers {
    const groups = this.#bearers === undefined
      ? grouping.all()
      : regroup(this.#bearers, grouping.groupOf);
    this.#bearers = { groups, unsure: NONE };
    return groups;
  }

  /** The sets as known in a state that differs from this one at `changed`. */
  after(changed: Iterable<StateAddress>): SharedSets {
    const users = new Set<UserId>();
    const channels = new Set<string>();
    let all = false;
    for (const [type, stateKey] of changed) {
      if (!SIGHT_TYPES.has(type)) continue;
      if (type === "m.room.member" || type === "m.guild.member_roles") {
        users.add(stateKey as UserId);
      } else if (type === "m.channel.policy") channels.add(stateKey);
      else all = true;
    }
    const viewers = new Map<ChannelId, Kept>();
    if (!all) {
      for (const [channelId, kept] of this.#viewers) {
        if (!channels.has(channelId)) put(viewers, channelId, makeUnsure(kept, users));
      }
    }
    return new SharedSets({
      viewers,
      joined: this.#joined && makeUnsure(this.#joined, users),
      webhooks: this.#webhooks && makeUnsure(this.#webhooks, users),
      bearers: all ? undefined : this.#bearers && makeUnsure(this.#bearers, users),
    });
  }
}

function put(map: Map<ChannelId, Kept>, channelId: ChannelId, kept: Kept | undefined): void {
  if (kept !== undefined) map.set(channelId, kept);
}

function makeUnsure<Of extends { readonly unsure: ReadonlySet<UserId> }>(
  kept: Of,
  users: ReadonlySet<UserId>,
): Of | undefined {
  if (users.size === 0) return kept;
  const unsure = new Set([...kept.unsure, ...users]);
  return unsure.size > UNSURE_MAX ? undefined : { ...kept, unsure };
}

function settle(kept: Kept | undefined, members: Members): Kept {
  if (kept === undefined) return { users: members.all(), unsure: NONE };
  if (kept.unsure.size === 0) return kept;
  let users: Set<UserId> | undefined;
  for (const user of kept.unsure) {
    const holds = members.holds(user);
    if (holds === kept.users.has(user)) continue;
    users ??= new Set(kept.users);
    if (holds) users.add(user);
    else users.delete(user);
  }
  return { users: users ?? kept.users, unsure: NONE };
}

function regroup({ groups, unsure }: KeptBearers, groupOf: Grouping["groupOf"]): Bearers {
  if (unsure.size === 0) return groups;
  const changed = new Map(groups);
  const own = new Set<RoleSet | null>();
  const group = (name: RoleSet | null) => {
    // Those of the former view stay as they are.
    const users = own.has(name) ? changed.get(name) as Set<UserId> : new Set(changed.get(name));
    own.add(name);
    changed.set(name, users);
    return users;
  };
  for (const user of unsure) {
    const wanted = groupOf(user);
    for (const [name, users] of changed) if (users.has(user)) group(name).delete(user);
    if (wanted !== undefined) group(wanted).add(user);
  }
  return changed;
}
