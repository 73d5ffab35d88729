import { z } from "zod";
import { defineFederationOperation } from "./operation.ts";
import { PduValue, RoomIdText, UserIdText } from "./shapes.ts";

const small = { answer: z.object({}), maxAnswerBytes: 64 * 1024, timeoutMs: 15_000 };

/** The owner, of the asking server, wants one of the receiver's users to own the room. */
export const offerOwner = defineFederationOperation({
  ...small,
  id: "offerOwner",
  method: "POST",
  path: "/_federation/owner/offer",
  summary: "Offer a room to one of the receiver's users",
  request: z.object({ room_id: RoomIdText, user: UserIdText, by: UserIdText }),
});

/** A user of the asking server has said yes: the receiver hands over, or refuses. */
export const takeOwner = defineFederationOperation({
  ...small,
  id: "takeOwner",
  method: "POST",
  path: "/_federation/owner/take",
  summary: "Take up an offer of a room",
  request: z.object({ room_id: RoomIdText, user: UserIdText }),
  timeoutMs: 30_000,
});

/**
 * The second signature of a hand-over (PROTOCOL.md 5): given once for the very event that the
 * receiver's user has agreed to, and for nothing else.
 */
export const signOwner = defineFederationOperation({
  id: "signOwner",
  method: "POST",
  path: "/_federation/owner/sign",
  summary: "The signature of the new owner's server under a hand-over",
  request: z.object({ room_id: RoomIdText, pdu: PduValue }),
  answer: z.object({ key_id: z.string().max(64), signature: z.string().max(128) }),
  maxAnswerBytes: 64 * 1024,
  timeoutMs: 10_000,
});
