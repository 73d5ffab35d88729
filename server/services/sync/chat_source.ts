import type { Presence } from "../../../core/api/user.ts";
import type { ControlEvent } from "../../../core/event/event.ts";
import type { EventId } from "../../../core/ids/event_id.ts";
import { isSaid } from "../../../core/event/said.ts";
import { parseRoomId, type RoomId } from "../../../core/ids/room_id.ts";
import { hearsOf } from "../../../core/api/gateway_scopes.ts";
import { parseUserId, type UserId } from "../../../core/ids/user_id.ts";
import type { Caller } from "../../http/caller.ts";
import type {
  Dispatch,
  GatewaySource,
  Projection,
  ReplayAnswer,
  SnapshotAnswer,
  TalkRef,
  Typist,
  Update,
  Watchers,
} from "../../http/gateway/source.ts";
import type { StoredEvent } from "../../postgres/event_rows.ts";
import { untilBack } from "../../system/until_back.ts";
import type { FeedBatch } from "../../postgres/log_feed.ts";
import {
  advanceToken,
  coversToken,
  decodeSyncToken,
  encodeSyncToken,
  joinTokens,
  type SyncToken,
} from "../../postgres/sync_token.ts";
import { heldOf } from "../../rooms/load_room.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { mayType } from "../chat/may_type.ts";
import { quietOf, shownPresence } from "../accounts/preferences.ts";
import { loadChosenPresence } from "../accounts/users.ts";
import type { DeviceNotice } from "../e2ee/device_notice.ts";
import type { GroupNotice } from "../e2ee/group_notice.ts";
import type { SeenNotice } from "../reads/read_notice.ts";
import { otherOf, seenByOthers } from "../reads/seen_by_other.ts";
import { heardAgain } from "../dms/closed_dms.ts";
import { isConversation } from "../dms/is_conversation.ts";
import type { ReadNotice } from "../reads/mark_read.ts";
import { threadReadState } from "../reads/read_states.ts";
import { projectThreads } from "../threads/project_threads.ts";
import type { ThreadNotice } from "../threads/thread_notice.ts";
import type { NotifyNotice } from "../notify/notify_notice.ts";
import { whoAreNear } from "../relationships/near.ts";
import type { RelationshipNotice } from "../relationships/relationship_notice.ts";
import { viewRelationship } from "../relationships/relationships.ts";
import { type GatheredVotes, gatherVotes } from "./gather_votes.ts";
import { guildUpdates } from "./guild_frames.ts";
import type { JoinNotice } from "./join_notice.ts";
import { projectDevices } from "./project_devices.ts";
import { projectGroup } from "./project_group.ts";
import { projectControl, projectWholeRoom } from "./project_control.ts";
import { projectDm } from "./project_dm.ts";
import { projectJoin } from "./project_join.ts";
import { projectTimeline, wholeMessage } from "./project_timeline.ts";
import { replaySince } from "./replay.ts";
import { buildSnapshot, type ServerFacts } from "./snapshot.ts";
import { openJoinedRooms } from "../guilds/list_guilds.ts";

/** What waits to be told; beyond it nobody is told, and whoever is connected comes back for it. */
const WAITING_MAX = 50_000;
/** Told in one go, while what comes meanwhile waits. */
const TOLD_AT_ONCE = 1000;

export interface ChatSourceDeps extends ChatDeps {
  readonly server: ServerFacts;
  /** What other writers store must be shown to the rooms in memory first. */
  readonly ownWriterId: () => number;
  /** Ends when everything that was stored before the call has come through `take`. */
  readonly catchUp: () => Promise<void>;
  /** A message brought a conversation back that the user had put away. */
  readonly conversationIsBack: (userId: UserId, roomId: RoomId) => void;
  readonly savePresence: (caller: Caller, presence: Presence) => Promise<void>;
}

/** Something to tell: a stored event, or a change that is in no log. */
type Item =
  | { readonly kind: "stored"; readonly stored: StoredEvent }
  /** Everything up to here was told. */
  | { readonly kind: "reached"; readonly token: SyncToken }
  | {
    readonly kind: "plain";
    readonly make: () => Promise<Projection>;
    /** `watchers` decide who hears it. */
    readonly decides: boolean;
  }
  /** Somebody waits until all before it was told. */
  | { readonly kind: "told"; readonly done: () => void }
  /** In the place of what will not be told: see `WAITING_MAX`. */
  | {
    readonly kind: "lost";
    readonly token: SyncToken;
    /** Of what other writers stored: the rooms in memory do not know it. */
    readonly roomIds: ReadonlySet<RoomId>;
    readonly done: readonly (() => void)[];
  };

/** What is told once of an event, however often its projection is begun. */
interface Found {
  /** Its room's control graph had forked and was resolved with it. */
  resolved: boolean;
}

const NOTHING: Projection = { entitlements: [], dispatches: [] };
const NOBODY: Watchers = { isConnected: () => false, hasArriving: false, inRoom: () => [] };

/**
 * What the gateway reads from: stored events, one after another in the order of the log, each
 * turned into what its readers should see.
 */
export class ChatSource implements GatewaySource {
  readonly #deps: ChatSourceDeps;
  readonly #waitingMax: number;
  #waiting: Item[] = [];
  #working = false;
  #deciding = false;
  #token: SyncToken;
  #seq = 0;
  #listener: ((update: Update) => void) | undefined;
  /** Nobody listens any more. */
  #ending = new AbortController();
  #watchers: Watchers = NOBODY;

  /** `token` covers everything stored before the first `take`. */
  constructor(deps: ChatSourceDeps, token: SyncToken, { waitingMax = WAITING_MAX } = {}) {
    this.#deps = deps;
    this.#token = token;
    this.#waitingMax = waitingMax;
  }

  subscribe(listener: (update: Update) => void, watchers: Watchers): () => void {
    this.#listener = listener;
    this.#watchers = watchers;
    this.#ending = new AbortController();
    return () => {
      this.#ending.abort();
      this.#listener = undefined;
      this.#watchers = NOBODY;
    };
  }

  /** Takes in what was stored, in the order of the log. */
  take(batch: FeedBatch): void {
    for (const stored of batch.events) this.#waiting.push({ kind: "stored", stored });
    this.#push({ kind: "reached", token: batch.token });
  }

  /** A profile changed: whoever shares a room with the user sees it. */
  announceUser(userId: UserId): void {
    this.#deps.users.forget(userId);
    this.#plain(async () => only(await this.#userUpdates(userId)), { decides: true });
  }

  /** A room was joined on another server, has been checked, or came to nothing. */
  announceJoin(notice: JoinNotice): void {
    if (notice.kind === "room" || notice.kind === "gone") this.#deps.rooms.forget(notice.roomId);
    this.#plain(() => projectJoin(this.#deps, notice, this.#watchers), { decides: true });
  }

  /** Other servers of these rooms went away or came back: whoever looks at a guild sees it. */
  announceRooms(roomIds: Iterable<RoomId>): void {
    for (const roomId of roomIds) {
      if (hasAny(this.#watchers.inRoom(roomId))) {
        this.#plain(async () => only(await this.#guildUpdates(roomId)), { decides: true });
      }
    }
  }

  /** What is shown of a message has changed, and no event said so: its readers see it as it is. */
  announceMessage({ roomId, eventId }: { roomId: RoomId; eventId: EventId }): void {
    if (!hasAny(this.#watchers.inRoom(roomId))) return;
    this.#plain(async () => {
      const room = await this.#deps.rooms.open(roomId);
      return room === undefined ? NOTHING : only(await wholeMessage(this.#deps, room, eventId));
    });
  }

  /** How far someone has read: all of their devices hear it, and the other of a conversation. */
  announceRead({ userId, state }: ReadNotice): void {
    this.#plain(async () =>
      only([
        { t: "read.update", d: state, audience: { to: "users", userIds: [userId] } },
        ...await this.#seen({ userId, roomId: state.room_id as RoomId }),
      ])
    );
  }

  /** What a user wants to be told of: all of the user's devices hear it. */
  announceNotify({ userId, setting }: NotifyNotice): void {
    this.#plain(() =>
      Promise.resolve(
        only([{ t: "notify.update", d: setting, audience: { to: "users", userIds: [userId] } }]),
      )
    );
  }

  /** A user decided something, maybe when nothing is told: all of the user's devices hear that. */
  announceQuiet(userId: UserId): void {
    if (!this.#watchers.isConnected(userId)) return;
    this.#plain(async () => {
      const quiet = quietOf(await this.#deps.preferences.of(userId));
      return only([{ t: "quiet.update", d: quiet, audience: { to: "users", userIds: [userId] } }]);
    });
  }

  /** A thread is followed, or no longer: all of the user's devices hear it. */
  announceThread({ userId, roomId, channelId, rootId, following }: ThreadNotice): void {
    if (!this.#watchers.isConnected(userId)) return;
    this.#plain(async () => {
      const room = await this.#deps.rooms.open(roomId);
      if (room === undefined) return NOTHING;
      const audience = { to: "users", userIds: [userId] } as const;
      const thread = (await projectThreads(this.#deps, room, [{ channelId, rootId }])).get(rootId);
      const read = await threadReadState(this.#deps, userId, { room, channelId, rootId });
      const own = thread === undefined
        ? []
        : [{ t: "thread.own" as const, d: { thread, following }, audience }];
      return only([...own, { t: "read.update", d: read, audience }]);
    });
  }

  /** Somebody of another server has read on in a conversation. */
  announceSeen(notice: SeenNotice): void {
    this.#plain(async () => only(await this.#seen(notice)));
  }

  async #seen({ roomId, userId }: SeenNotice): Promise<readonly Dispatch[]> {
    const room = await this.#deps.rooms.open(roomId);
    const other = room?.authority.room.kind === "dm" ? otherOf(room, userId) : undefined;
    if (room === undefined || other === undefined || !this.#watchers.isConnected(other)) return [];
    const seen = (await seenByOthers(this.#deps, other, [room])).get(roomId);
    return seen === undefined ? [] : [{
      t: "dm.seen",
      d: { room_id: roomId, seen },
      audience: { to: "users", userIds: [other] },
    }];
  }

  /** What is between a user and another: all of the user's devices hear it. */
  announceRelationship({ userId, other }: RelationshipNotice): void {
    if (!this.#watchers.isConnected(userId)) return;
    this.#plain(async () =>
      only([{
        t: "relationship.update",
        d: await viewRelationship(this.#deps, [userId, other]),
        audience: { to: "users", userIds: [userId] },
      }])
    );
  }

  /** Something happened to a room's encrypted group, or is asked of devices. */
  announceGroup(notice: GroupNotice): void {
    this.#plain(() => Promise.resolve(only(projectGroup(notice))));
  }

  /** Devices of a user have changed, or are waited for by something. */
  announceDevices(notice: DeviceNotice): void {
    this.#plain(
      async () => only(await projectDevices(this.#deps, notice, this.#watchers)),
      { decides: true },
    );
  }

  #plain(make: () => Promise<Projection>, { decides = false } = {}): void {
    this.#push({ kind: "plain", make, decides });
  }

  #push(item: Item): void {
    this.#waiting.push(item);
    if (this.#waiting.length > this.#waitingMax) this.#waiting = [this.#lost(this.#waiting)];
    this.#wake();
  }

  #lost(items: readonly Item[]): Item {
    const roomIds = new Set<RoomId>();
    const done: (() => void)[] = [];
    let token = this.#token;
    for (const item of items) {
      if (item.kind === "stored") {
        token = advanceToken(token, item.stored);
        this.#deps.nonces.drop(item.stored.eventId);
        if (item.stored.writerId !== this.#deps.ownWriterId()) roomIds.add(item.stored.roomId);
      }
      if (item.kind === "reached" || item.kind === "lost") token = joinTokens(token, item.token);
      if (item.kind === "told") done.push(item.done);
      if (item.kind !== "lost") continue;
      for (const roomId of item.roomIds) roomIds.add(roomId);
      done.push(...item.done);
    }
    return { kind: "lost", token, roomIds, done };
  }

  #wake(): void {
    if (this.#working) return;
    this.#working = true;
    void this.#work();
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      const items = this.#waiting.splice(0, TOLD_AT_ONCE);
      const gathered = gatherVotes(
        items.flatMap((item) => item.kind === "stored" ? [item.stored] : []),
      );
      for (const item of items) await this.#tell(item, gathered);
    }
    this.#working = false;
  }

  async #tell(item: Item, gathered: GatheredVotes): Promise<void> {
    if (item.kind === "reached") {
      this.#token = item.token;
      return;
    }
    if (item.kind === "told") return item.done();
    if (item.kind === "lost") return this.#cut(item);
    let projection: Projection = NOTHING;
    // What is said in a channel is made for whoever is arriving, too.
    this.#deciding = item.kind === "plain" ? item.decides : item.stored.channelId === undefined;
    const found: Found = { resolved: false };
    const make = item.kind === "stored"
      ? () => this.#project(item.stored, { gathered, found })
      : item.make;
    try {
      projection = await untilBack(make, { ...this.#deps, signal: this.#ending.signal });
    } catch (error) {
      // Nothing is lost: whoever misses this finds it by position when it resumes.
      this.#deps.log.log("error", "A stored event could not be shown.", {
        event: item.kind === "stored" ? item.stored.eventId : undefined,
        error,
      });
    }
    if (item.kind === "stored") {
      this.#token = advanceToken(this.#token, item.stored);
      this.#deps.nonces.drop(item.stored.eventId);
    }
    const position = item.kind === "stored" ? { position: encodeSyncToken(this.#token) } : {};
    this.#deciding = false;
    this.#listener?.({ ...projection, seq: ++this.#seq, ...position });
  }

  /** Whoever is connected comes back by position, and finds all of it there. */
  #cut({ token, roomIds, done }: Extract<Item, { kind: "lost" }>): void {
    this.#deps.log.log("warn", "More came than could be told; who is connected comes back for it.");
    for (const roomId of roomIds) this.#deps.rooms.forget(roomId);
    this.#token = token;
    this.#listener?.({ ...NOTHING, seq: ++this.#seq, lost: true });
    for (const each of done) each();
  }

  get deciding(): boolean {
    return this.#deciding;
  }

  async #project(
    stored: StoredEvent,
    { gathered, found }: { readonly gathered: GatheredVotes; readonly found: Found },
  ): Promise<Projection> {
    const observed = stored.writerId !== this.#deps.ownWriterId() &&
      await this.#deps.rooms.observe(stored);
    const room = await this.#deps.rooms.open(stored.roomId);
    if (stored.channelId === undefined) await room?.settled();
    if (observed || room?.takeResolution(stored.eventId) === true) found.resolved = true;
    if (room === undefined) return NOTHING;
    if (stored.outcome === "soft_failed" && stored.type === "m.guild.owner") {
      // A rival hand-over that does not count: administrators are warned of it.
      return only(await this.#guildUpdates(room.id));
    }
    if (stored.outcome !== "accepted") return NOTHING;
    // The thousands of events of a room that is being checked are told as one, at the end.
    if (room.checking !== undefined && stored.channelId === undefined) return NOTHING;
    if (stored.channelId === undefined) {
      const event = heldOf(stored) as ControlEvent;
      const told = await projectControl(this.#deps, room, { event, watchers: this.#watchers });
      const whole = found.resolved
        ? await projectWholeRoom(this.#deps, room, this.#watchers)
        : NOTHING;
      return {
        entitlements: [...told.entitlements, ...whole.entitlements],
        dispatches: [...told.dispatches, ...whole.dispatches],
        partial: { roomId: room.id, control: true },
      };
    }
    if (isSaid(stored.type)) await this.#bringBack(room, stored);
    if (!this.#watchers.hasArriving && !hasAny(this.#watchers.inRoom(stored.roomId))) {
      return { ...NOTHING, partial: { roomId: room.id, control: false } };
    }
    return {
      entitlements: [],
      dispatches: [
        // Whole states first: the last dispatch carries the position.
        ...(stored.redactedBy === undefined ? [] : await this.#conversation(room)),
        ...await projectTimeline(this.#deps, room, stored, gathered),
      ],
    };
  }

  /** Whoever put the conversation away sees it again: whichever process comes first says so. */
  async #bringBack(room: Room, stored: StoredEvent): Promise<void> {
    if (!isConversation(room) || stored.order === undefined) return;
    for (const userId of await heardAgain(this.#deps.sql, room.id, stored.order)) {
      this.#deps.conversationIsBack(userId, room.id);
    }
  }

  /** What was said last in a conversation was taken back, maybe: its place in the list changes. */
  async #conversation(room: Room): Promise<readonly Dispatch[]> {
    if (!isConversation(room)) return [];
    return (await projectDm(this.#deps, room, this.#watchers)).dispatches;
  }

  async #userUpdates(userId: UserId): Promise<readonly Dispatch[]> {
    const user = await this.#deps.users.get(userId);
    const rooms = await openJoinedRooms(this.#deps, userId, ["guild", "dm", "group_dm"]);
    const readers = new Set<UserId>([userId]);
    for (const room of rooms) {
      for (const reader of this.#watchers.inRoom(room.id)) readers.add(reader);
    }
    return [{ t: "user.update", d: user, audience: { to: "users", userIds: [...readers] } }];
  }

  async #guildUpdates(roomId: RoomId): Promise<readonly Dispatch[]> {
    const room = await this.#deps.rooms.open(roomId);
    if (room?.authority.room.kind !== "guild") return [];
    return await guildUpdates(this.#deps, room, this.#watchers.inRoom(roomId));
  }

  async snapshot(caller: Caller): Promise<SnapshotAnswer> {
    // What is told while the snapshot is read is told again: whole states and ids make that safe.
    const seq = this.#seq;
    const position = encodeSyncToken(this.#token);
    const { snapshot, entitlements } = await buildSnapshot(this.#deps, caller);
    return {
      seq,
      entitlements,
      presence: shownPresence(
        snapshot.self.presence,
        await this.#deps.preferences.of(caller.userId),
      ),
      snapshot: { ...snapshot, position },
    };
  }

  async replay(caller: Caller, position: string, limit: number): Promise<ReplayAnswer> {
    await this.#reach(position);
    const seq = this.#seq;
    return await replaySince(this.#deps, caller, { position, limit, seq, upTo: this.#token });
  }

  /**
   * Whoever comes from another process may have seen more than this one has told yet: first
   * this one gets as far, so that nothing is told twice.
   */
  async #reach(position: string): Promise<void> {
    const wanted = decodeSyncToken(position, this.#token.instance);
    if (wanted === undefined || coversToken(this.#token, wanted)) return;
    await this.#deps.catchUp();
    await this.told();
  }

  /** Ends when everything that came so far was told: the rooms in memory know it then. */
  async told(): Promise<void> {
    const told = Promise.withResolvers<void>();
    this.#push({ kind: "told", done: told.resolve });
    await told.promise;
  }

  async members(
    caller: Caller,
    roomId: string,
    userIds: readonly string[],
  ): Promise<readonly UserId[]> {
    const id = parseRoomId(roomId);
    const room = id === undefined ? undefined : await this.#deps.rooms.open(id);
    if (room === undefined || !room.authority.isJoined(caller.userId)) return [];
    return userIds.map(parseUserId).filter((userId): userId is UserId =>
      userId !== undefined && room.authority.isJoined(userId)
    );
  }

  async near(caller: Caller, userIds: readonly string[]): Promise<readonly UserId[]> {
    const ids = userIds.map(parseUserId).filter((id): id is UserId => id !== undefined);
    const friends = hearsOf(caller.scopes, "relationship.update");
    return [...await whoAreNear(this.#deps.sql, caller.userId, { among: ids, friends })];
  }

  async typist(caller: Caller, at: TalkRef): Promise<Typist | undefined> {
    try {
      const place = await mayType(this.#deps, caller.userId, at);
      if (!(await this.#deps.preferences.of(caller.userId)).share_typing) return undefined;
      return { user: await this.#deps.users.get(caller.userId), place };
    } catch {
      return undefined;
    }
  }

  async chosenPresence({ userId }: Caller): Promise<Presence> {
    const chosen = await loadChosenPresence(this.#deps, userId);
    return shownPresence(chosen, await this.#deps.preferences.of(userId));
  }

  async savePresence(caller: Caller, presence: Presence): Promise<Presence> {
    await this.#deps.savePresence(caller, presence);
    return shownPresence(presence, await this.#deps.preferences.of(caller.userId));
  }
}

function only(dispatches: readonly Dispatch[]): Projection {
  return { entitlements: [], dispatches };
}

function hasAny(users: Iterable<unknown>): boolean {
  for (const _user of users) return true;
  return false;
}
