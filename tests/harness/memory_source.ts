import type { Snapshot } from "../../core/api/gateway.ts";
import { NEVER_QUIET } from "../../core/api/quiet.ts";
import type { Presence, User } from "../../core/api/user.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import type { Caller } from "../../server/http/caller.ts";
import type {
  Dispatch,
  Entitlement,
  GatewaySource,
  Projection,
  ReplayAnswer,
  SnapshotAnswer,
  TalkRef,
  Typist,
  Update,
  Watchers,
} from "../../server/http/gateway/source.ts";

export const ROOM = "!room" as RoomId;
export const CHANNEL = "general" as ChannelId;

export function userId(name: string): UserId {
  return `@${name}:localhost` as UserId;
}

export function user(name: string): User {
  return {
    id: userId(name),
    display_name: name,
    avatar: null,
    bio: null,
    status: null,
    bot: false,
  };
}

/** A message in a channel, in the neutral form. */
export function message(
  body: string,
  options: { channelId?: ChannelId; personal?: { userId: UserId; nonce: string } } = {},
): Dispatch {
  const channelId = options.channelId ?? CHANNEL;
  const d = {
    id: `$${body}`,
    room_id: ROOM,
    channel_id: channelId,
    kind: "text" as const,
    author: user("ada"),
    nickname: null,
    color: null,
    origin_ts: 0,
    order: 0,
    body,
    media: [],
    mentions: { users: [], roles: [], everyone: false },
    edited_ts: null,
    redacted: null,
    reply_to: null,
    reactions: [],
    pinned: false,
    late: false,
  };
  return {
    t: "message.create",
    d,
    audience: { to: "channel", roomId: ROOM, channelId },
    ...(options.personal === undefined ? {} : {
      personal: {
        userId: options.personal.userId,
        d: { ...d, nonce: options.personal.nonce },
      },
    }),
  };
}

/** One guild with hidden channels, its log in memory: the gateway's tests need no more rooms. */
export class MemorySource implements GatewaySource {
  readonly #channels = new Map<UserId, readonly ChannelId[]>();
  readonly #updates: Update[] = [];
  readonly #listeners = new Set<(update: Update) => void>();
  readonly presences = new Map<UserId, Presence>();
  /** Awaited before an answer is given, after it was read: lets a test step in between. */
  beforeAnswer: () => Promise<void> = () => Promise.resolve();
  deciding = false;
  /** Ends what is being decided, where a test lets anything be. */
  told: () => Promise<void> = () => Promise.resolve();

  join(name: string, channels: readonly ChannelId[] = [CHANNEL]): void {
    this.#channels.set(userId(name), channels);
  }

  /** Changes what a member may read (null: leaves), and tells. */
  entitle(name: string, channelIds: readonly ChannelId[] | null): void {
    const id = userId(name);
    if (channelIds === null) this.#channels.delete(id);
    else this.#channels.set(id, channelIds);
    this.publish({ entitlements: [{ userId: id, roomId: ROOM, channelIds }], dispatches: [] });
  }

  publish(projection: Projection & Pick<Update, "lost">): void {
    const seq = this.#updates.length + 1;
    const update = { ...projection, seq, position: `p${seq}` };
    this.#updates.push(update);
    for (const listener of this.#listeners) listener(update);
  }

  say(...bodies: string[]): void {
    for (const body of bodies) this.publish({ entitlements: [], dispatches: [message(body)] });
  }

  subscribe(listener: (update: Update) => void, _watchers: Watchers): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async snapshot(caller: Caller): Promise<SnapshotAnswer> {
    const presence = this.presences.get(caller.userId) ?? "online";
    const snapshot: Snapshot = {
      self: {
        user: user(caller.userId.slice(1).split(":")[0] ?? ""),
        presence,
        admin: false,
        language: null,
        confirmed_until: null,
        status_until: null,
        show_previews: true,
        sealed_previews: false,
      },
      guilds: [],
      invitations: [],
      relationships: [],
      dms: [],
      read_states: [],
      threads: [],
      notify: [],
      quiet: NEVER_QUIET,
      presences: {},
      voice: [],
      missed_calls: [],
      position: `p${this.#updates.length}`,
      server: {
        name: "localhost",
        trial: true,
        version: "0",
        encrypts_automatically: false,
        mail: false,
        logins: false,
        voice: false,
        voice_absence: "off",
      },
    };
    const answer = {
      snapshot,
      presence,
      seq: this.#updates.length,
      entitlements: this.#entitlements(caller.userId),
    };
    await this.beforeAnswer();
    return answer;
  }

  async replay(caller: Caller, position: string, limit: number): Promise<ReplayAnswer> {
    const from = /^p\d+$/.test(position) ? Number(position.slice(1)) : Infinity;
    if (from > this.#updates.length) return { kind: "reset", reason: "unknown position" };
    const channels = this.#channels.get(caller.userId) ?? [];
    const dispatches = this.#updates.slice(from).flatMap((update) =>
      update.dispatches
        .filter(({ audience }) =>
          audience.to === "channel" && channels.includes(audience.channelId)
        )
        .map(({ t, d }) => ({ t, d, position: update.position ?? "" }))
    );
    const answer: ReplayAnswer = dispatches.length > limit
      ? { kind: "reset", reason: "too far back" }
      : {
        kind: "replayed",
        dispatches,
        position: `p${this.#updates.length}`,
        seq: this.#updates.length,
        entitlements: this.#entitlements(caller.userId),
        presence: this.presences.get(caller.userId) ?? "online",
      };
    await this.beforeAnswer();
    return answer;
  }

  members(caller: Caller, roomId: string, userIds: readonly string[]): Promise<readonly UserId[]> {
    const visible = roomId === ROOM && this.#channels.has(caller.userId);
    return Promise.resolve(
      visible ? [...this.#channels.keys()].filter((id) => userIds.includes(id)) : [],
    );
  }

  near(caller: Caller, userIds: readonly string[]): Promise<readonly UserId[]> {
    return this.members(caller, ROOM, userIds);
  }

  typist(caller: Caller, at: TalkRef): Promise<Typist | undefined> {
    const channelId = this.#channels.get(caller.userId)?.find((id) => id === at.channel_id);
    if (channelId === undefined) return Promise.resolve(undefined);
    const typist = user(caller.userId.slice(1).split(":")[0] ?? "");
    return Promise.resolve({ user: typist, place: { roomId: ROOM, channelId } });
  }

  chosenPresence(caller: Caller): Promise<Presence> {
    return Promise.resolve(this.presences.get(caller.userId) ?? "online");
  }

  savePresence(caller: Caller, presence: Presence): Promise<Presence> {
    this.presences.set(caller.userId, presence);
    return Promise.resolve(presence);
  }

  #entitlements(id: UserId): Entitlement[] {
    const channelIds = this.#channels.get(id);
    return channelIds === undefined ? [] : [{ userId: id, roomId: ROOM, channelIds }];
  }
}
