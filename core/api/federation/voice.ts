import { z } from "zod";
import { bytesOf } from "../bytes.ts";
import { limits } from "../../limits.ts";
import { KEY_PACKAGE_LIMITS } from "../e2ee_keys.ts";
import { RING_DISPATCH, RingEnd, RINGING, RungPeople } from "../ringing.ts";
import {
  Moderation,
  VOICE_DISPATCH,
  VOICE_LIMITS,
  VOICE_SOURCES,
  VoiceParticipant,
  VoiceSession,
  VoiceSource,
  VoiceWatch,
} from "../voice.ts";
import { defineFederationOperation } from "./operation.ts";
import { ChannelIdText, RoomIdText, UserIdText } from "./shapes.ts";

const SessionText = z.string().min(1).max(64);
const DeviceText = z.string().min(1).max(64);
const GroupBytes = bytesOf({ min: 1, max: VOICE_LIMITS.groupBytes });
const Place = { room_id: RoomIdText, channel_id: ChannelIdText };

/** Somebody in a call; what a person looks like each server tells of its own. */
export const RemoteParticipant = VoiceParticipant.omit({ user: true }).extend({
  session: SessionText,
  user: UserIdText,
  device: DeviceText,
});
export type RemoteParticipant = z.infer<typeof RemoteParticipant>;

/** A stay, as the server of whose user it is hands it on. */
export const RemoteStay = VoiceSession.omit({ participants: true }).extend({
  session: SessionText,
  participants: z.array(RemoteParticipant).max(VOICE_LIMITS.participants),
});
export type RemoteStay = z.infer<typeof RemoteStay>;

/** Codes that a call's server refuses with. No words: texts of another server are shown to nobody. */
export const VOICE_REFUSALS = [
  "invalid",
  "forbidden",
  "not_found",
  "conflict",
  "voice_full",
  "voice_unavailable",
  "stale_epoch",
  "roster_mismatch",
  "policy",
  "rate_limited",
] as const;
export const VoiceRefusal = z.object({
  code: z.enum(VOICE_REFUSALS),
  reason: z.string().max(64).regex(/^[a-z_]+$/).nullable(),
});
export type VoiceRefusal = z.infer<typeof VoiceRefusal>;

const refusal = VoiceRefusal.nullable();
/** A stay with its commits, group information and offer. */
const STAY_BYTES = 8 * 1024 * 1024;
const SHORT_BYTES = 64 * 1024;
const TIMEOUT_MS = 10_000;

/** The first step of joining: everything that is read is checked, nothing is taken yet. */
export const askVoiceToken = defineFederationOperation({
  id: "askVoiceToken",
  method: "POST",
  path: "/_federation/voice/:room_id/token",
  summary: "A token with which one device of the asker joins the call of one channel, once",
  request: z.object({
    ...Place,
    user: UserIdText,
    device: DeviceText,
    key_package: bytesOf({ min: 1, max: KEY_PACKAGE_LIMITS.bytes }),
  }),
  answer: z.object({ token: z.string().max(64).nullable(), refusal }),
  maxAnswerBytes: SHORT_BYTES,
  timeoutMs: TIMEOUT_MS,
});

export const joinRemoteVoice = defineFederationOperation({
  id: "joinRemoteVoice",
  method: "POST",
  path: "/_federation/voice/:room_id/join",
  summary: "Join the call of a channel with a token, for the device that it was given for",
  request: z.object({
    ...Place,
    user: UserIdText,
    device: DeviceText,
    token: z.string().min(1).max(64),
    muted: z.boolean(),
    deafened: z.boolean(),
  }),
  answer: z.object({ stay: RemoteStay.nullable(), refusal }),
  maxAnswerBytes: STAY_BYTES,
  timeoutMs: TIMEOUT_MS,
});

/** What a device does in its stay; as the operations of the client API of those names. */
export const VoiceAct = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("view"), after_epoch: z.number().int().min(-1).nullable() }),
  z.object({
    kind: z.literal("answer"),
    seq: z.number().int().min(0),
    sdp: z.string().min(1).max(VOICE_LIMITS.sdpChars),
  }),
  z.object({ kind: z.literal("restart") }),
  z.object({
    kind: z.literal("update"),
    muted: z.boolean().optional(),
    deafened: z.boolean().optional(),
    priority: z.boolean().optional(),
    recording: z.boolean().optional(),
    shows: z.array(VoiceSource).max(VOICE_SOURCES.length).optional(),
    watches: z.array(VoiceWatch).max(VOICE_LIMITS.watches).optional(),
  }),
  z.object({ kind: z.literal("leave") }),
  z.object({
    kind: z.literal("found"),
    group_id: bytesOf({ min: 16, max: 64 }),
    group_info: GroupBytes,
  }),
  z.object({
    kind: z.literal("commit"),
    base_epoch: z.number().int().min(0),
    commit: GroupBytes,
    welcome: GroupBytes.optional(),
    group_info: GroupBytes,
    external: z.boolean(),
  }),
  z.object({ kind: z.literal("ready"), epoch: z.number().int().min(0) }),
]);
export type VoiceAct = z.infer<typeof VoiceAct>;

export const actInVoice = defineFederationOperation({
  id: "actInVoice",
  method: "POST",
  path: "/_federation/voice/stays/:session",
  summary: "What a device of the asker does in its stay in a call",
  request: z.object({ session: SessionText, user: UserIdText, act: VoiceAct }),
  answer: z.object({
    stay: RemoteStay.nullable().describe("Of `view`"),
    participant: RemoteParticipant.nullable().describe("Of `update`"),
    epoch: z.number().int().nullable().describe("Of `found` and `commit`"),
    refusal,
  }),
  maxAnswerBytes: STAY_BYTES,
  timeoutMs: TIMEOUT_MS,
});

/** Asked of a call's server every few seconds: without it the stays end. */
export const keepVoice = defineFederationOperation({
  id: "keepVoice",
  method: "POST",
  path: "/_federation/voice/keep",
  summary: "The asker's users are still there; answers which stays are over",
  request: z.object({
    stays: z.array(z.object({ session: SessionText, user: UserIdText }))
      .max(VOICE_LIMITS.staysPerKeep),
  }),
  answer: z.object({ over: z.array(SessionText).max(VOICE_LIMITS.staysPerKeep) }),
  maxAnswerBytes: 128 * 1024,
  timeoutMs: TIMEOUT_MS,
});

export const moderateRemoteVoice = defineFederationOperation({
  id: "moderateRemoteVoice",
  method: "POST",
  path: "/_federation/voice/:room_id/moderate",
  summary: "Mute, deafen, move or disconnect somebody, in the name of a user of the asker",
  request: z.object({ ...Place, by: UserIdText, user: UserIdText, wanted: Moderation }),
  answer: z.object({ participant: RemoteParticipant.nullable(), refusal }),
  maxAnswerBytes: SHORT_BYTES,
  timeoutMs: TIMEOUT_MS,
});

/** By somebody who is in the call. */
export const ringRemoteVoice = defineFederationOperation({
  id: "ringRemoteVoice",
  method: "POST",
  path: "/_federation/voice/:room_id/ring",
  summary: "Ring people of a conversation, in the name of a user of the asker who is in its call",
  request: z.object({
    ...Place,
    by: UserIdText,
    users: z.array(UserIdText).max(limits.authority.maxGroupPeopleTaken)
      .describe("Who is to be rung; whoever is no member, or in the call, is left out"),
  }),
  answer: z.object({ people: RungPeople.nullable(), refusal }),
  maxAnswerBytes: SHORT_BYTES,
  timeoutMs: TIMEOUT_MS,
});

export const declineRemoteVoice = defineFederationOperation({
  id: "declineRemoteVoice",
  method: "POST",
  path: "/_federation/voice/:room_id/decline",
  summary: "A user of the asker declines the call of a conversation",
  request: z.object({ ...Place, user: UserIdText }),
  answer: z.object({}),
  maxAnswerBytes: SHORT_BYTES,
  timeoutMs: TIMEOUT_MS,
});

/** Who is in a channel and who of them speaks, whole. */
export const RemoteChannel = z.object({
  ...Place,
  participants: z.array(RemoteParticipant).max(VOICE_LIMITS.participants),
  speaking: z.array(SessionText).max(VOICE_LIMITS.participants),
});
export type RemoteChannel = z.infer<typeof RemoteChannel>;

/** A word to one stay of a user of the receiver; or that somebody there is rung, or not any more. */
export const VoiceWord = z.discriminatedUnion("t", [
  z.object({ t: z.literal("voice.offer"), d: VOICE_DISPATCH["voice.offer"] }),
  z.object({ t: z.literal("voice.group"), d: VOICE_DISPATCH["voice.group"] }),
  z.object({ t: z.literal("voice.ended"), d: VOICE_DISPATCH["voice.ended"] }),
  z.object({ t: z.literal("voice.ringing"), d: RING_DISPATCH["voice.ringing"] }),
  z.object({
    t: z.literal("voice.ring"),
    d: z.object({
      ...Place,
      user: UserIdText,
      by: UserIdText,
      left_ms: z.number().int().min(0).max(RINGING.ringMs),
    }),
  }),
  z.object({
    t: z.literal("voice.ring_ended"),
    d: z.object({ ...Place, user: UserIdText, reason: RingEnd }),
  }),
]);
export type VoiceWord = z.infer<typeof VoiceWord>;
export type RingWord = Extract<VoiceWord, { t: "voice.ring" | "voice.ring_ended" }>;
export type StayWord = Exclude<VoiceWord, RingWord>;

/** Sent by the server that holds calls. */
export const tellVoice = defineFederationOperation({
  id: "tellVoice",
  method: "POST",
  path: "/_federation/voice/tell",
  summary:
    "Words to stays of the receiver's users, who of them is rung, and who is in which channel",
  request: z.object({
    words: z.array(VoiceWord).max(VOICE_LIMITS.wordsPerTell),
    channels: z.array(RemoteChannel).max(VOICE_LIMITS.channelsPerTell),
  }),
  answer: z.object({
    unknown: z.array(SessionText).max(VOICE_LIMITS.wordsPerTell)
      .describe("Stays of these words that the receiver knows nothing of: they end"),
  }),
  maxAnswerBytes: SHORT_BYTES,
  timeoutMs: TIMEOUT_MS,
});
