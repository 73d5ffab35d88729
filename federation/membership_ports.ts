import type { ControlEvent } from "../core/event/event.ts";
import type { ChannelId } from "../core/ids/channel_id.ts";
import type { EventId } from "../core/ids/event_id.ts";
import type { RoomId } from "../core/ids/room_id.ts";
import type { ServerName } from "../core/ids/server_name.ts";
import type { UserId } from "../core/ids/user_id.ts";
import type { Authority } from "../core/permissions/authority.ts";

/** A room in which somebody of this server is joined, and whose control graph is verified. */
export interface ResidentRoom {
  readonly roomId: RoomId;
  /** Over the present resolved state. */
  readonly authority: Authority;
  /** Of the control graph. */
  readonly heads: readonly EventId[];
  /** The heads that one more event would name, and the state of these. @throws OperationError */
  standing(): Promise<Pick<ResidentRoom, "authority" | "heads">>;
}

/** The rooms that this server can vouch for. */
export interface ResidentRooms {
  /** Undefined alike where the room is unknown, left by all of ours, or still being checked. */
  resident(roomId: RoomId): Promise<ResidentRoom | undefined>;
  /** Ends of some channels; those without any event are absent. */
  channelHeads(
    roomId: RoomId,
    channelIds: readonly ChannelId[],
  ): Promise<ReadonlyMap<ChannelId, readonly EventId[]>>;
  /** How many events the control graph has, for the joiner's progress bar. */
  countControl(roomId: RoomId): Promise<number>;
}

/** Decides on joins by a role of the guild. PROTOCOL.md 9. */
export interface Vouchers {
  /**
   * The member of this server in whose name the join of `user` is vouched for now; undefined
   * where this server is not the room's custodian, or the guild's state does not allow it.
   */
  voucherFor(room: ResidentRoom, user: UserId): Promise<UserId | undefined>;
}

/** What a link of this server leads to. */
export interface LinkView {
  readonly roomId: RoomId;
  readonly name: string;
  readonly description: string | null;
  readonly icon: string | null;
  readonly memberCount: number;
  readonly onlineCount: number;
  readonly by: UserId;
  readonly expiresTs: number | null;
  /** How long a membership by it lasts (s); null: for good. */
  readonly stayS: number | null;
}

/** The invite links of this server, as other servers may use them. */
export interface Links {
  /** @throws OperationError `not_found`, `gone` */
  look(code: string): Promise<LinkView>;
  /**
   * Invites the user in the name of the link's author, and counts a use.
   * @throws OperationError `not_found`, `gone`, `forbidden`, `rate_limited`
   */
  redeem(
    code: string,
    user: UserId,
  ): Promise<{ readonly roomId: RoomId; readonly channelId: string | null }>;
}

/** An invite of one of our users, its own signature verified. */
export interface ReceivedInvite {
  readonly origin: ServerName;
  readonly event: ControlEvent;
  readonly create: ControlEvent;
  /** Name, icon and the like, as the inviter's server tells them; their signatures are verified. */
  readonly shown: readonly ControlEvent[];
  /** Further servers of the room, on the inviter's word. */
  readonly servers: readonly ServerName[];
}

/** Where invites of other servers wait for their user. */
export interface InviteDesk {
  /** Never tells whether the invite was shown, held back or dropped: refusal is silence. */
  receive(invite: ReceivedInvite): Promise<void>;
}

/** A room that its owner wants to hand over to a user of another server. */
export interface OwnerOfferKey {
  readonly roomId: RoomId;
  /** Who is to own it. */
  readonly user: UserId;
  /** The present owner. */
  readonly by: UserId;
}

/** Offers of ownership, made here and received here. PROTOCOL.md 5. */
export interface OwnerDesk {
  /** An offer to one of ours; a later one of the same room takes its place. */
  keepOffer(offer: OwnerOfferKey): Promise<void>;
  /** Whether our user has said yes to exactly this a moment ago. */
  hasAgreed(offer: OwnerOfferKey): Promise<boolean>;
  /** Hands a room of ours over as it was offered; false where it was not, or is no longer. */
  handOver(roomId: RoomId, user: UserId): Promise<boolean>;
  /** A group DM is about to be one of our users': we sign for that, and have not seen it yet. */
  noteSigned(roomId: RoomId, user: UserId): Promise<void>;
}

/** A private room that one of our users may come into by a role of its guild. */
export interface RoomOffer {
  readonly origin: ServerName;
  readonly roomId: RoomId;
  readonly guildId: RoomId;
  readonly user: UserId;
}

/** Takes offers; refusal is silence, and what cannot be decided yet is `unavailable`. */
export interface OfferDesk {
  receive(offer: RoomOffer): Promise<void>;
}
