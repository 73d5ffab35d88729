import { z } from "zod";
import { limits } from "../../limits.ts";
import { StrippedState } from "./events.ts";
import { defineFederationOperation } from "./operation.ts";
import {
  ChannelIdText,
  EventIdText,
  KeyProof,
  PduValue,
  RoomIdText,
  ServerNameText,
  UserIdText,
} from "./shapes.ts";

/**
 * What the asker needs to build its own membership event: places in the graph, nothing that it
 * would sign unseen. The asker rebuilds the event from its own request. PROTOCOL.md 9.
 */
export const MembershipPlace = z.object({
  room_id: RoomIdText,
  /** The create event: proves `room_id` and says what room it is. */
  create: PduValue,
  prev_events: z.array(EventIdText).min(1).max(limits.event.maxPrevEvents),
  /** The events that `auth_events` must name, as PDUs, so that the asker can select them itself. */
  auth_events: z.array(PduValue).max(limits.event.maxAuthEvents),
  /** A member of the answering server who vouches, for a restricted join. */
  authorised_via: UserIdText.optional(),
});
export type MembershipPlace = z.infer<typeof MembershipPlace>;

/** For `join`, `leave` and `knock`: where such an event of `user` would stand now. */
export const makeMembership = defineFederationOperation({
  id: "makeMembership",
  method: "POST",
  path: "/_federation/make_membership",
  summary: "Where a join, leave or knock of one of the asker's users would stand",
  request: z.object({
    room_id: RoomIdText,
    user: UserIdText,
    membership: z.enum(["join", "leave", "knock"]),
  }),
  answer: MembershipPlace,
  maxAnswerBytes: 2 * 1024 * 1024,
  timeoutMs: 30_000,
});

/** Hands the signed membership event in; answers once it is stored here. */
export const sendMembership = defineFederationOperation({
  id: "sendMembership",
  method: "POST",
  path: "/_federation/send_membership",
  summary: "A signed join, leave or knock of one of the asker's users",
  request: z.object({ room_id: RoomIdText, pdu: PduValue }),
  answer: z.object({
    /** The event with all signatures: a restricted join is co-signed here. */
    pdu: PduValue,
    /** After a join: the present ends of the control graph. */
    heads: z.array(EventIdText).max(limits.federation.maxHeadsPerGraph),
    /** After a join: state events but those of members, and those of owner and joiner. */
    state: z.array(PduValue).max(limits.federation.maxJoinState),
    /** Ends of the channels that the asker may read now. */
    channels: z.record(
      ChannelIdText,
      z.array(EventIdText).max(limits.federation.maxHeadsPerGraph),
    ),
    members: z.number().int(),
    control_events: z.number().int(),
    /** Servers in the room, whom the asker may ask too. */
    servers: z.array(ServerNameText).max(limits.federation.maxServersPerAnswer),
    keys: z.array(KeyProof).max(limits.federation.maxKeysPerAnswer),
  }),
  maxAnswerBytes: 16 * 1024 * 1024,
  timeoutMs: 60_000,
});

/** An invite for one of the receiver's users, told to a server that may not be in the room. */
export const sendInvite = defineFederationOperation({
  id: "sendInvite",
  method: "POST",
  path: "/_federation/invite",
  summary: "A signed invite of one of the receiver's users, with what it needs to be shown",
  request: z.object({
    room_id: RoomIdText,
    pdu: PduValue,
    /** The create event first; then name, icon and the inviter's membership. */
    state: StrippedState,
    keys: z.array(KeyProof).max(limits.federation.maxKeysPerAnswer),
    /** Further servers of the room, for when the asker is away at the answer. */
    servers: z.array(ServerNameText).max(limits.federation.maxServersAsked).default([]),
  }),
  /** Also where the invite is held back for consent, or never shown: refusal is silence. */
  answer: z.object({}),
  maxAnswerBytes: 64 * 1024,
  timeoutMs: 15_000,
});

/** What a link of the answering server leads to. PROTOCOL.md 9. */
export const lookAtLink = defineFederationOperation({
  id: "lookAtLink",
  method: "POST",
  path: "/_federation/invite/look",
  summary: "The guild that an invite link leads to",
  request: z.object({ code: z.string().min(1).max(64) }),
  answer: z.object({
    room_id: RoomIdText,
    name: z.string().max(limits.content.maxNameBytes),
    description: z.string().max(limits.content.maxTopicBytes).nullable(),
    icon: z.string().max(limits.content.maxUriBytes).nullable(),
    member_count: z.number().int(),
    online_count: z.number().int(),
    by: UserIdText.nullable(),
    expires_ts: z.number().int().nullable(),
    stay_s: z.number().int().min(0).max(31_536_000).nullable().default(null),
  }),
  maxAnswerBytes: 64 * 1024,
  timeoutMs: 15_000,
});

/** Spends a link for `user`: the answering server invites them in its author's name. */
export const redeemLink = defineFederationOperation({
  id: "redeemLink",
  method: "POST",
  path: "/_federation/invite/redeem",
  summary: "Spend an invite link for one of the asker's users",
  request: z.object({ code: z.string().min(1).max(64), user: UserIdText }),
  answer: z.object({ room_id: RoomIdText, channel_id: ChannelIdText.nullable() }),
  maxAnswerBytes: 64 * 1024,
  timeoutMs: 30_000,
});

/**
 * By the custodian of a private room: one of the receiver's users may come in by a role of the
 * guild. The receiver's server lets them in by a restricted join, or does nothing.
 */
export const offerRoom = defineFederationOperation({
  id: "offerRoom",
  method: "POST",
  path: "/_federation/offer",
  summary: "A private room that a role of its guild opens to one of the receiver's users",
  request: z.object({
    room_id: RoomIdText,
    user: UserIdText,
    /** The create event: proves `room_id`, and names the guild. */
    create: PduValue,
  }),
  answer: z.object({}),
  maxAnswerBytes: 64 * 1024,
  timeoutMs: 15_000,
});
