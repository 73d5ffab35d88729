import type { DispatchData, DispatchName, Snapshot } from "../../../core/api/gateway.ts";
import type { Presence, User } from "../../../core/api/user.ts";
import type { ChannelId } from "../../../core/ids/channel_id.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { TypingPlace } from "../../../federation/ports.ts";
import type { Caller } from "../caller.ts";

/** Who gets a dispatch: always an index look-up, never a walk over all sockets. */
export type Audience =
  /** Everybody who may read the channel now. */
  | { readonly to: "channel"; readonly roomId: RoomId; readonly channelId: ChannelId }
  /** Every member of the room. */
  | { readonly to: "room"; readonly roomId: RoomId }
  /** These users, in all their sessions. */
  | { readonly to: "users"; readonly userIds: readonly UserId[] }
  /** Who watches this member through `subscribe`, and the user itself. */
  | { readonly to: "member"; readonly roomId: RoomId; readonly userId: UserId }
  /** One session; with `session.revoked` its sockets are closed after the frame. */
  | { readonly to: "session"; readonly sessionId: string };

/** A dispatch in the neutral form that is serialized once for all its readers. */
export type Dispatch = {
  [Name in DispatchName]: {
    readonly t: Name;
    readonly d: DispatchData<Name>;
    readonly audience: Audience;
    /** One user of the audience who gets other data, such as the sender with its nonce. */
    readonly personal?: { readonly userId: UserId; readonly d: DispatchData<Name> };
  };
}[DispatchName];

/** Which channels of a room a user may read from now on; null: no longer in the room. */
export interface Entitlement {
  readonly userId: UserId;
  readonly roomId: RoomId;
  readonly channelIds: readonly ChannelId[] | null;
}

/** What one committed event, or one change of an account, means for those connected. */
export interface Projection {
  /** Applied before the dispatches. Only users for whom it changes; see `Watchers`. */
  readonly entitlements: readonly Entitlement[];
  /**
   * Only the last one carries the position. A socket cut in between gets the earlier ones
   * again when it resumes, so they must be whole states (`dm.update`, `read.update`, ...);
   * `message.create` and `message.reaction` stand last or alone.
   */
  readonly dispatches: readonly Dispatch[];
  /**
   * Set where `watchers` decided what was left out, as always with control events: whoever is
   * arriving at this moment cannot be brought up to date with this and stands anew.
   */
  readonly partial?: { readonly roomId: RoomId; readonly control: boolean };
}

export interface Update extends Projection {
  /** Rises by one with every update of this process, without a gap. */
  readonly seq: number;
  /** Sync token that covers this update; absent where it is not in the append log. */
  readonly position?: string;
  /** In the place of more than could be told: whoever is connected or arriving stands anew. */
  readonly lost?: true;
}

/** Who is connected to this process: lets a projector leave out the work nobody would see. */
export interface Watchers {
  /** Or arriving at this moment. */
  isConnected(userId: UserId): boolean;
  /** Somebody is just arriving and may be a reader of anything: leave out nothing now. */
  readonly hasArriving: boolean;
  /** Connected users who are members of the room. */
  inRoom(roomId: RoomId): Iterable<UserId>;
}

/** Turns what was committed into dispatches; guild-wide views are grouped by equal rights. */
export interface Projector<Committed> {
  project(committed: Committed, watchers: Watchers): Promise<Projection>;
}

/** What a connection starts from; `seq`: everything up to it is contained. */
export interface Standing {
  readonly seq: number;
  /** Every room the user is in, with the channels it may read. */
  readonly entitlements: readonly Entitlement[];
  /** The presence others may see of the user. */
  readonly presence: Presence;
}

export interface SnapshotAnswer extends Standing {
  readonly snapshot: Snapshot;
}

export type ReplayAnswer =
  | Standing & {
    readonly kind: "replayed";
    /** In order, each once, only what this user may see; then states that have no position. */
    readonly dispatches: readonly {
      readonly t: DispatchName;
      readonly d: unknown;
      readonly position?: string;
    }[];
    readonly position: string;
  }
  /** The position is unknown, too old or too far back to replay. */
  | { readonly kind: "reset"; readonly reason: string };

/** A channel or a thread of it, as clients name them. */
export interface TalkRef {
  readonly room_id: string;
  readonly channel_id: string;
  readonly thread_id?: string | undefined;
}

/** Somebody who may write somewhere and wants it told. */
export interface Typist {
  readonly user: User;
  readonly place: TypingPlace;
}

/**
 * What the gateway, the long poll and server-sent events read from: the room engine
 * implements it, so that no transport knows of rooms or storage.
 */
export interface GatewaySource {
  /** Updates in order of `seq`, each once. Returns the function that ends it. */
  subscribe(listener: (update: Update) => void, watchers: Watchers): () => void;
  /**
   * An update is being made of which `watchers` have decided already who hears it: whoever is taken
   * in now would miss it, and stands anew once it is told.
   */
  readonly deciding: boolean;
  /** Ends when everything that came so far was told. */
  told(): Promise<void>;
  snapshot(caller: Caller): Promise<SnapshotAnswer>;
  /** At most `limit` dispatches, else `reset`. */
  replay(caller: Caller, position: string, limit: number): Promise<ReplayAnswer>;
  /** Those of `userIds` who are in the room; empty where the caller is not. */
  members(caller: Caller, roomId: string, userIds: readonly string[]): Promise<readonly UserId[]>;
  /** Those of `userIds` who are friends of the caller, or in a room with them. */
  near(caller: Caller, userIds: readonly string[]): Promise<readonly UserId[]>;
  /** The caller as others see it, and where it writes; undefined where it may not write there. */
  typist(caller: Caller, at: TalkRef): Promise<Typist | undefined>;
  /** How the caller wants to appear, as far as others may see it. */
  chosenPresence(caller: Caller): Promise<Presence>;
  /** Keeps the chosen presence for the next connection; answers what others may see of it. */
  savePresence(caller: Caller, presence: Presence): Promise<Presence>;
}
