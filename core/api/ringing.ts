import { z } from "zod";
import { limits } from "../limits.ts";
import { defineOperation } from "./operation.ts";
import { User } from "./user.ts";

/** Bounds and times of ringing. docs/PROTOCOL.md, "Voice". */
export const RINGING = {
  /** Somebody is rung for so long. */
  ringMs: 30_000,
  /** Missed calls of one account that are kept, one of each conversation: the latest. */
  missed: 100,
  /** A missed call is forgotten after this time. */
  missedMs: 90 * 24 * 3_600_000,
  /** Rings at once for calls that other servers hold: of one person, and by one server. */
  elsewherePerUser: 10,
  elsewherePerServer: 200,
} as const;

const tag = "voice";
const auth = "user" as const;
const Ref = { room_id: z.string(), channel_id: z.string() };
const Params = z.object(Ref);

/** Calls of a conversation that were not answered, until they are put away or a call is joined. */
export const MissedCall = z.object({
  ...Ref,
  by: User.describe("Who called last"),
  ts: z.number().int().describe("When that was, ms"),
  count: z.number().int(),
});
export type MissedCall = z.infer<typeof MissedCall>;

/** How it stands with somebody who was rung. */
export const RungPerson = z.object({
  user_id: z.string().max(limits.event.maxIdBytes),
  state: z.enum(["ringing", "declined", "missed"]),
});
export type RungPerson = z.infer<typeof RungPerson>;
export const RungPeople = z.array(RungPerson).max(limits.authority.maxGroupPeopleTaken);

export const RingEnd = z.enum(["accepted", "declined", "missed"]);
export type RingEnd = z.infer<typeof RingEnd>;

/** What the gateway tells of ringing; part of `DISPATCH`. */
export const RING_DISPATCH = {
  /** Somebody calls: to all devices of who is called, also to one that arrives meanwhile. */
  "voice.ring": z.object({
    ...Ref,
    by: User,
    left_ms: z.number().int().describe("It rings for so long from now"),
  }),
  /** To the same devices: it was answered or declined on one of them, or nobody did. */
  "voice.ring_ended": z.object({ ...Ref, reason: RingEnd }),
  /** To the devices in the call: all who were rung, and how it stands with them. */
  "voice.ringing": z.object({
    ...Ref,
    session: z.string().describe("The participant that is told"),
    people: RungPeople,
  }),
  /** To all devices of an account: all its missed calls, the latest first. */
  "voice.missed": z.object({ calls: z.array(MissedCall) }),
} as const;

export const ringVoice = defineOperation({
  id: "ringVoice",
  scope: null,
  method: "POST",
  path: "/client/v1/rooms/:room_id/channels/:channel_id/voice/ring",
  tag,
  summary: "Ring everybody of a conversation who is not in its call; by somebody who is in it",
  auth,
  params: Params,
  result: z.object({ people: RungPeople }),
  errors: ["invalid", "forbidden", "not_found", "conflict", "rate_limited", "voice_unavailable"],
});

export const declineVoice = defineOperation({
  id: "declineVoice",
  scope: null,
  method: "DELETE",
  path: "/client/v1/rooms/:room_id/channels/:channel_id/voice/ring",
  tag,
  summary: "Decline a call: it stops ringing on all devices of the account",
  auth,
  params: Params,
  result: z.object({}),
  errors: ["not_found", "voice_unavailable"],
});

export const forgetMissedCall = defineOperation({
  id: "forgetMissedCall",
  scope: null,
  method: "DELETE",
  path: "/client/v1/rooms/:room_id/channels/:channel_id/voice/missed",
  tag,
  summary: "Put the missed calls of a conversation away, on all devices",
  auth,
  params: Params,
  result: z.object({}),
  errors: [],
});
