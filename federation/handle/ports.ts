import type {
  actInVoice,
  askVoiceToken,
  declineRemoteVoice,
  joinRemoteVoice,
  keepVoice,
  moderateRemoteVoice,
  ringRemoteVoice,
  tellVoice,
} from "../../core/api/federation/voice.ts";
import type { z } from "zod";
import type {
  askSequencer,
  changeGroup,
  claimForGroup,
  claimKeyPackages,
  foundGroup,
  syncGroup,
} from "../../core/api/federation/groups.ts";
import type { RemoteDeviceList } from "../../core/api/federation/encryption.ts";
import type { HeldEvent } from "../../core/event/event.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { MediaUri } from "../../core/ids/media_uri.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import type { Authority } from "../../core/permissions/authority.ts";

/** A held event with what its receipt made of it. */
export interface ReadEvent {
  readonly event: HeldEvent;
  /**
   * Accepted; of control events also soft-failed, for an accepted event may stand on one.
   * Nothing else is ever given to another server. PROTOCOL.md 7.
   */
  readonly served: boolean;
}

/** A look against the arrows of one graph, newest first. */
export interface BackQuery {
  /** Absent: the control graph. */
  readonly channelId?: ChannelId;
  /** Begin with the newest of these that is held and served, itself included. */
  readonly from: readonly EventId[];
  readonly limit: number;
}

export interface ControlPage {
  /** Every parent and auth event stands before the event that names it, here or on a page before. */
  readonly events: readonly HeldEvent[];
  /** Where the next page begins; null on the last. */
  readonly next: string | null;
  /** Control events in all; it may grow meanwhile. */
  readonly total: number;
}

/** Whose rights in which channel a look at an old state is about. */
export interface AuthorityNeeds {
  readonly channelId: ChannelId;
  readonly users: readonly UserId[];
}

/** One room as handlers read it. Everything is what stands now; nothing here decides who may ask. */
export interface ReadableRoom {
  readonly id: RoomId;
  /** Of the resolved state. */
  readonly authority: Authority;
  /** Of a private room: its guild's, where that is held too. It decides who still belongs here. */
  readonly guild?: Authority;
  heads(): Promise<{
    readonly control: readonly EventId[];
    readonly channels: ReadonlyMap<ChannelId, readonly EventId[]>;
  }>;
  /** Events of this room alone; those not held are absent. */
  events(ids: readonly EventId[]): Promise<ReadonlyMap<EventId, ReadEvent>>;
  /** Accepted events of one graph, in an order in which nearly every child comes before its parents. */
  back(query: BackQuery): Promise<readonly HeldEvent[]>;
  /** The whole accepted control graph. A cursor that is none of ours begins anew. */
  controlPage(query: { readonly from?: string; readonly limit: number }): Promise<ControlPage>;
  /** Ids of the state after a control event of this room; undefined where it is not held. */
  stateAfter(id: EventId): Promise<readonly EventId[] | undefined>;
  /**
   * What `users` could do in the channel in the state that `refs` resolve to; undefined where
   * that state is not held.
   */
  authorityAt(refs: readonly EventId[], needs: AuthorityNeeds): Promise<Authority | undefined>;
}

/**
 * The rooms that this server holds and has verified: one that is still being checked after a join
 * is not among them. The simulator keeps them in memory.
 */
export interface RoomReader {
  open(roomId: RoomId): Promise<ReadableRoom | undefined>;
}

/** A user of this server as everybody may see them. */
export interface OwnProfile {
  readonly displayName: string | null;
  readonly avatar: string | null;
  /** base58 of the BLAKE3 of its bytes. */
  readonly avatarBlake3: string | null;
  readonly bio: string | null;
  readonly status: string | null;
  readonly bot: boolean;
}

export interface ProfileReader {
  /** Undefined: no such user here. */
  find(user: UserId): Promise<OwnProfile | undefined>;
}

/** What users of this server have published for encryption. */
export interface DeviceReader {
  /** Only of users whom a server has to do with: it shares a room, or has a friend of theirs. */
  find(server: ServerName, users: readonly UserId[]): Promise<readonly RemoteDeviceList[]>;
}

type GroupAnswer<O extends { readonly answer: z.ZodType }> = Promise<z.input<O["answer"]>>;
interface OfUser {
  readonly roomId: RoomId;
  readonly user: UserId;
}

/** The encrypted groups of rooms. Who asks was found to be in the room, and to act for its own. */
export interface GroupDesk {
  sync(
    server: ServerName,
    request: z.output<typeof syncGroup.request> & { readonly roomId: RoomId },
  ): GroupAnswer<typeof syncGroup>;
  sequencer(
    request: z.output<typeof askSequencer.request> & { readonly roomId: RoomId },
  ): GroupAnswer<typeof askSequencer>;
  found(request: z.output<typeof foundGroup.request> & OfUser): GroupAnswer<typeof foundGroup>;
  change(request: z.output<typeof changeGroup.request> & OfUser): GroupAnswer<typeof changeGroup>;
  claim(
    request: z.output<typeof claimForGroup.request> & OfUser,
  ): GroupAnswer<typeof claimForGroup>;
  /** Of devices of users of this server alone. */
  claimHere(
    server: ServerName,
    request: z.output<typeof claimKeyPackages.request> & { readonly roomId: RoomId },
  ): GroupAnswer<typeof claimKeyPackages>;
}

/** Calls: those that this server holds, and what others tell of theirs. */
export interface VoiceDesk {
  token(
    server: ServerName,
    request: z.output<typeof askVoiceToken.request> & OfUser,
  ): GroupAnswer<typeof askVoiceToken>;
  join(
    server: ServerName,
    request: z.output<typeof joinRemoteVoice.request> & OfUser,
  ): GroupAnswer<typeof joinRemoteVoice>;
  act(
    server: ServerName,
    request: z.output<typeof actInVoice.request> & { readonly user: UserId },
  ): GroupAnswer<typeof actInVoice>;
  keep(
    server: ServerName,
    request: z.output<typeof keepVoice.request>,
  ): GroupAnswer<typeof keepVoice>;
  moderate(
    request: z.output<typeof moderateRemoteVoice.request> & {
      readonly roomId: RoomId;
      readonly by: UserId;
    },
  ): GroupAnswer<typeof moderateRemoteVoice>;
  ring(
    request: z.output<typeof ringRemoteVoice.request> & {
      readonly roomId: RoomId;
      readonly by: UserId;
    },
  ): GroupAnswer<typeof ringRemoteVoice>;
  decline(
    request: z.output<typeof declineRemoteVoice.request> & OfUser,
  ): GroupAnswer<typeof declineRemoteVoice>;
  /** The server holds the calls that it tells of, or nothing of it counts. */
  hear(
    server: ServerName,
    request: z.output<typeof tellVoice.request>,
  ): GroupAnswer<typeof tellVoice>;
}

/** Why a file is kept, as far as it decides who may be given it. */
export type FileUse =
  | {
    readonly kind: "event";
    readonly roomId: RoomId;
    readonly eventId: EventId;
  }
  /** Shown with people, guilds and invites: to everybody. */
  | { readonly kind: "open" };

export interface HeldFile {
  readonly size: number;
  /** The latest of its uses, at most a hundred. */
  uses(): Promise<readonly FileUse[]>;
  /** Undefined where the bytes are gone meanwhile. */
  open(): Promise<ReadableStream<Uint8Array> | undefined>;
}

export interface FileReader {
  /** A file of this server, or a verified copy of another's. */
  find(uri: MediaUri): Promise<HeldFile | undefined>;
}

/** Takes away what users of other servers wrote, when their server says so. */
export interface Eraser {
  /**
   * Content, salt and files of the user's events older than `beforeTs` (ms) in `rooms`
   * (undefined: all). Resolves once stored, with the number of events; the same `seq` again
   * answers with the first number, an older one is undefined.
   */
  erase(order: {
    readonly user: UserId;
    readonly rooms: readonly RoomId[] | undefined;
    readonly beforeTs: number;
    readonly seq: number;
  }): Promise<{ readonly erased: number; readonly doneTs: number } | undefined>;
}
