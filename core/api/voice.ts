import { z } from "zod";
import { bytesOf } from "./bytes.ts";
import { KEY_PACKAGE_LIMITS } from "./e2ee_keys.ts";
import { GroupLeaf } from "./e2ee_groups.ts";
import { defineOperation } from "./operation.ts";
import { DeviceRef } from "./sealed.ts";
import { User } from "./user.ts";

/** Bounds and times of calls. docs/PROTOCOL.md, "Voice". */
export const VOICE_LIMITS = {
  /** Highest `user_limit` of a channel; 0 there: the server's own bound alone. */
  userLimit: 99,
  /** Bits per second of one voice, as a channel may set it. */
  minBitrate: 8000,
  maxBitrate: 128_000,
  defaultBitrate: 40_000,
  /** Of a commit, a Welcome or group information of a call, before base64. */
  groupBytes: 64 * 1024,
  /** Commits of a call that are kept for who was away for a moment. */
  keptCommits: 64,
  /** Packages that a change of the group may add in one epoch although who brought them has left. */
  keptPackages: 100,
  /** An answer of a browser, in characters. */
  sdpChars: 64 * 1024,
  /** A participant without a gateway for so long is out of the call. */
  gatewayGraceMs: 30_000,
  /** So is one whose sound never came through, or was cut for so long. */
  mediaGraceMs: 45_000,
  /** Who was asked for a commit has so long before somebody else is asked. */
  commitMs: 5000,
  /** A new epoch is used when all are ready, or after this time. */
  switchMs: 2000,
  /** Who speaks is told at most this often in one channel. */
  speakingMs: 200,
  /** In one call, whatever a server is set to. */
  participants: 100,
  /** A token for the call of another server is good for so long, and once. */
  tokenMs: 30_000,
  /** Tokens that wait to be used, of all servers and of one; beyond it the oldest end. */
  tokens: 1000,
  tokensPerServer: 100,
  /** A server says this often that its users in a call elsewhere are still there. */
  keepMs: 5000,
  /** Without a word between the two servers for so long their users' stays end. */
  keptMs: 30_000,
  /** Stays in one such word. */
  staysPerKeep: 1000,
  /** Who is in a channel is told to one other server at most this often. */
  remoteMs: 500,
  /** It is told anew this often, and forgotten where it was not for the second time. */
  renewMs: 30_000,
  forgetMs: 75_000,
  /** Servers that hear of one channel's calls. */
  remoteServers: 200,
  /** Words to stays, and channels, in one request to another server; and what may wait for it. */
  wordsPerTell: 50,
  channelsPerTell: 20,
  wordsWaiting: 500,
  /** Channels of one server that another one keeps in mind. */
  channelsPerServer: 200,
  /** Servers that somebody has said may see the address. */
  addressTo: 100,
  /** Screens and cameras that one device watches at a time. */
  watches: 8,
  /** Layers of one picture. */
  layers: 3,
  /** Browsers that try at once whether they reach the server's voice; beyond it the oldest end. */
  trials: 20,
} as const;

const tag = "voice";
const auth = "user" as const;
const ChannelParams = z.object({ room_id: z.string(), channel_id: z.string() });
const SessionParams = z.object({ session: z.string().max(64) });
const GroupBytes = bytesOf({ min: 1, max: VOICE_LIMITS.groupBytes });
const KeyPackage = bytesOf({ min: 1, max: KEY_PACKAGE_LIMITS.bytes });

/** What somebody can show in a call beside the voice. */
export const VOICE_SOURCES = ["screen", "camera"] as const;
export const VoiceSource = z.enum(VOICE_SOURCES);
export type VoiceSource = z.infer<typeof VoiceSource>;

/** What one media section carries. */
export const VoiceTrack = z.enum(["voice", "screen", "screen_sound", "camera"]);
export type VoiceTrack = z.infer<typeof VoiceTrack>;

/** Somebody's screen or camera. */
export const VoiceWatch = z.object({
  session: z.string().max(64).describe("Of the participant who shows it"),
  source: VoiceSource,
});
export type VoiceWatch = z.infer<typeof VoiceWatch>;

/** Somebody in a call. A user is in one call at a time, with one device. */
export const VoiceParticipant = z.object({
  session: z.string().describe("Of this stay in the call; names the participant everywhere"),
  user: User,
  device: z.string(),
  connected: z.boolean().describe("Its media connection stands"),
  muted: z.boolean().describe("By itself"),
  deafened: z.boolean().describe("By itself; whoever hears nothing is not heard either"),
  server_muted: z.boolean().describe("By a moderator (MUTE_MEMBERS)"),
  server_deafened: z.boolean().describe("By a moderator (DEAFEN_MEMBERS)"),
  may_speak: z.boolean().describe("Holds SPEAK here now"),
  priority: z.boolean().default(false).describe(
    "By itself (PRIORITY_SPEAKER): while it speaks, clients turn all others down",
  ),
  recording: z.boolean().default(false).describe("By itself: a bot that keeps what is said"),
  shows: z.array(VoiceSource).max(VOICE_SOURCES.length).default([]).describe(
    "By itself (VIDEO): what others can watch now",
  ),
  may_show: z.boolean().default(false).describe("Holds VIDEO here now"),
  joined_ts: z.number().int(),
});
export type VoiceParticipant = z.infer<typeof VoiceParticipant>;

/** Who is in a voice channel, the longest present first. */
export const VoiceChannel = z.object({
  room_id: z.string(),
  channel_id: z.string(),
  participants: z.array(VoiceParticipant),
});
export type VoiceChannel = z.infer<typeof VoiceChannel>;

/** One of the encodings in which a picture is sent at once, and its bounds. */
export const VoiceLayer = z.object({
  rid: z.string().max(16).describe("Its name in the session description (RFC 8851)"),
  bitrate: z.number().int().describe("At most, bits a second"),
  scale: z.number().describe("What both sides of the picture are divided by, at most"),
});

/** What the server offers (the browser always answers). `seq` rises by one with every offer. */
export const VoiceOffer = z.object({
  seq: z.number().int(),
  sdp: z.string(),
  mids: z.array(z.object({
    mid: z.string(),
    participant: z.string(),
    track: VoiceTrack.default("voice"),
  })).describe(
    "What of whom comes in which media section, by the participant's `session`: voices, and what this device watches",
  ),
  sends: z.array(z.object({
    mid: z.string(),
    track: VoiceTrack.exclude(["voice"]),
    layers: z.array(VoiceLayer).max(VOICE_LIMITS.layers).default([]).describe(
      "In which layers (simulcast), the smallest first; none: once",
    ),
  })).default([]).describe("By which media sections this device sends what it shows"),
});
export type VoiceOffer = z.infer<typeof VoiceOffer>;

/** What the call's group lacks, and who is asked to commit it. */
export const VoiceWanted = z.object({
  committer: z.string().nullable().describe(
    "Participant that is asked to commit this now, or, where there is no group, to found it",
  ),
  add: z.array(DeviceRef.extend({ session: z.string(), key_package: z.string() })),
  remove: z.array(GroupLeaf),
});
export type VoiceWanted = z.infer<typeof VoiceWanted>;

/** A change of the call's group, as the server ordered it. */
export const VoiceCommit = z.object({
  epoch: z.number().int().describe("The epoch that it changed"),
  commit: z.string(),
  sender: z.string().describe("The participant that made it"),
  external: z.boolean().describe("Its sender came in by it"),
});
export type VoiceCommit = z.infer<typeof VoiceCommit>;

/** The MLS group of a call. It lives as long as the call, in memory alone. */
export const VoiceGroup = z.object({
  group_id: z.string().nullable().describe("null: nobody has founded it yet"),
  epoch: z.number().int().describe("-1 without a group"),
  group_info: z.string().nullable().describe("Of this epoch, with the tree"),
  leaves: z.array(GroupLeaf),
  wanted: VoiceWanted,
  commits: z.array(VoiceCommit).describe("After `after_epoch`, in order"),
  gone: z.boolean().describe("Commits after `after_epoch` are not kept any more: join externally"),
  switched: z.number().int().describe("The newest epoch whose keys are used for sending; -1: none"),
});
export type VoiceGroup = z.infer<typeof VoiceGroup>;

/** A stay in a call, as the device in it needs it to begin or to go on. */
export const VoiceSession = z.object({
  session: z.string(),
  room_id: z.string(),
  channel_id: z.string(),
  bitrate: z.number().int().describe("Of the voice that is sent, in bits per second"),
  video_bitrate: z.number().int().default(0).describe(
    "Of one screen or camera, at most, in bits per second; 0: nobody can show anything in this call",
  ),
  offer: VoiceOffer,
  participants: z.array(VoiceParticipant).describe("With this one; the longest present first"),
  group: VoiceGroup,
});
export type VoiceSession = z.infer<typeof VoiceSession>;

export const VoiceEndReason = z.enum([
  "left",
  "elsewhere",
  "moved",
  "disconnected",
  "no_right",
  "signed_out",
  "no_gateway",
  "no_media",
  "server_away",
  "closed",
]);
export type VoiceEndReason = z.infer<typeof VoiceEndReason>;

/** Why a process has no calls. */
export const ServerVoiceAbsence = z.enum(["off", "no_address", "no_port"]);
export type ServerVoiceAbsence = z.infer<typeof ServerVoiceAbsence>;
/** Or why its calls cannot be joined. */
export type VoiceAbsence = ServerVoiceAbsence | "other_process";

const VoiceRef = { room_id: z.string(), channel_id: z.string() };

/** What the gateway tells of calls; part of `DISPATCH`. */
export const VOICE_DISPATCH = {
  /** Joined, or changed. To all who may see the channel, as the next three. */
  "voice.state": z.object({ ...VoiceRef, participant: VoiceParticipant }),
  "voice.left": z.object({ ...VoiceRef, session: z.string(), user_id: z.string() }),
  /** Everybody in it: after a resume, or when somebody comes to see the channel. */
  "voice.channel": VoiceChannel,
  "voice.speaking": z.object({
    ...VoiceRef,
    sessions: z.array(z.string()).describe("All who speak now"),
  }),
  /** To the participant's own sockets, as those below. */
  "voice.offer": z.object({ session: z.string(), offer: VoiceOffer }),
  "voice.group": z.discriminatedUnion("kind", [
    z.object({
      kind: z.literal("wanted"),
      session: z.string().describe("The participant that is told"),
      epoch: z.number().int(),
      wanted: VoiceWanted,
    }),
    z.object({
      kind: z.literal("founded"),
      session: z.string(),
      group_id: z.string(),
    }),
    z.object({
      kind: z.literal("commit"),
      session: z.string(),
      commit: VoiceCommit,
      welcome: z.string().nullable().describe("Where the commit adds this device"),
      leaves: z.array(GroupLeaf).describe("After it"),
    }),
    z.object({
      kind: z.literal("switch"),
      session: z.string(),
      epoch: z.number().int().describe("Its keys are used for sending from now on"),
    }),
  ]),
  "voice.ended": z.object({
    session: z.string(),
    reason: VoiceEndReason,
    move_to: z.object(VoiceRef).nullable().describe("Where a moderator moved it: join there"),
  }),
} as const;

export const joinVoice = defineOperation({
  id: "joinVoice",
  scope: null,
  method: "POST",
  path: "/client/v1/rooms/:room_id/channels/:channel_id/voice/join",
  tag,
  summary: "Join the call of a voice channel with this device; a call elsewhere is left",
  auth,
  params: ChannelParams,
  body: z.object({
    muted: z.boolean().default(false),
    deafened: z.boolean().default(false),
    key_package: KeyPackage.describe(
      "A fresh one of this device, for the call alone: whoever is in the call adds it by this",
    ),
    address_to: z.array(z.string().max(255)).max(VOICE_LIMITS.addressTo).default([]).describe(
      "Other servers that the person knows will see this device's address. A call that another server holds is joined only where it is among them; `conflict` with `details.reason` `address_shown` names it otherwise",
    ),
  }),
  result: VoiceSession,
  errors: [
    "invalid",
    "forbidden",
    "not_found",
    "conflict",
    "voice_full",
    "rate_limited",
    "voice_unavailable",
  ],
});

export const getVoiceSession = defineOperation({
  id: "getVoiceSession",
  scope: null,
  method: "GET",
  path: "/client/v1/voice/sessions/:session",
  tag,
  summary: "The caller's stay in a call as it is now: to go on after a lost gateway",
  auth,
  params: SessionParams,
  query: z.object({
    after_epoch: z.coerce.number().int().min(-1).optional()
      .describe("The epoch of the device minus one; without it no commits are sent"),
  }),
  result: VoiceSession,
  errors: ["not_found", "voice_unavailable"],
});

export const answerVoice = defineOperation({
  id: "answerVoice",
  scope: null,
  method: "POST",
  path: "/client/v1/voice/sessions/:session/answer",
  tag,
  summary: "The browser's answer to an offer; one to an offer that is not the last is dropped",
  auth,
  params: SessionParams,
  body: z.object({
    seq: z.number().int().min(0),
    sdp: z.string().min(1).max(VOICE_LIMITS.sdpChars),
  }),
  result: z.object({}),
  errors: ["invalid", "not_found", "conflict", "voice_unavailable"],
});

export const tryVoice = defineOperation({
  id: "tryVoice",
  scope: null,
  method: "POST",
  path: "/client/v1/voice/trials",
  tag,
  summary:
    "Begin a connection by which this browser finds out whether it reaches the server's voice; nobody is in a call by it",
  auth,
  result: z.object({ trial: z.string(), offer: VoiceOffer }),
  errors: ["rate_limited", "voice_unavailable"],
});

export const answerVoiceTrial = defineOperation({
  id: "answerVoiceTrial",
  scope: null,
  method: "POST",
  path: "/client/v1/voice/trials/:trial/answer",
  tag,
  summary: "The browser's answer to the offer of such a connection, which ends with the browser's",
  auth,
  params: z.object({ trial: z.string().max(64) }),
  body: z.object({
    seq: z.number().int().min(0),
    sdp: z.string().min(1).max(VOICE_LIMITS.sdpChars),
  }),
  result: z.object({}),
  errors: ["invalid", "not_found", "conflict"],
});

export const restartVoice = defineOperation({
  id: "restartVoice",
  scope: null,
  method: "POST",
  path: "/client/v1/voice/sessions/:session/restart",
  tag,
  summary: "Ask for an offer with new ICE credentials, after the network changed",
  auth,
  params: SessionParams,
  result: z.object({}),
  errors: ["not_found", "rate_limited", "voice_unavailable"],
});

export const updateVoice = defineOperation({
  id: "updateVoice",
  scope: null,
  method: "PATCH",
  path: "/client/v1/voice/sessions/:session",
  tag,
  summary:
    "Mute or deafen oneself, speak with priority (PRIORITY_SPEAKER), show a screen or camera (VIDEO), watch those of others, say as a bot that it records; or undo it",
  auth,
  params: SessionParams,
  body: z.object({
    muted: z.boolean().optional(),
    deafened: z.boolean().optional(),
    priority: z.boolean().optional(),
    recording: z.boolean().optional(),
    shows: z.array(VoiceSource).max(VOICE_SOURCES.length).optional().describe(
      "All that this device shows from now on; the sound of a screen goes with it",
    ),
    watches: z.array(VoiceWatch).max(VOICE_LIMITS.watches).optional().describe(
      "All that this device is sent of what others show, from now on or as soon as they do",
    ),
  }),
  result: VoiceParticipant,
  errors: ["invalid", "forbidden", "not_found", "voice_full", "voice_unavailable"],
});

export const leaveVoice = defineOperation({
  id: "leaveVoice",
  scope: null,
  method: "DELETE",
  path: "/client/v1/voice/sessions/:session",
  tag,
  summary: "Leave the call",
  auth,
  whileSuspended: true,
  params: SessionParams,
  result: z.object({}),
  errors: [],
});

export const foundVoiceGroup = defineOperation({
  id: "foundVoiceGroup",
  scope: null,
  method: "POST",
  path: "/client/v1/voice/sessions/:session/group",
  tag,
  summary: "Found the group of a call that has none, with this device alone in it",
  auth,
  params: SessionParams,
  body: z.object({
    group_id: bytesOf({ min: 16, max: 64 }),
    group_info: GroupBytes.describe("Of epoch 0, with the tree"),
  }),
  result: z.object({ epoch: z.number().int() }),
  errors: ["invalid", "not_found", "stale_epoch", "roster_mismatch", "policy", "voice_unavailable"],
});

export const commitVoiceGroup = defineOperation({
  id: "commitVoiceGroup",
  scope: null,
  method: "POST",
  path: "/client/v1/voice/sessions/:session/group/commits",
  tag,
  summary: "Change the call's group: the first commit of an epoch counts",
  auth,
  params: SessionParams,
  body: z.object({
    base_epoch: z.number().int().min(0),
    commit: GroupBytes,
    welcome: GroupBytes.optional().describe("For all devices that the commit adds"),
    group_info: GroupBytes.describe("Of the new epoch, with the tree"),
    external: z.boolean().default(false).describe(
      "The device joins by itself: where nobody adds it, or it lost its state",
    ),
  }),
  result: z.object({ epoch: z.number().int().describe("The new one") }),
  errors: [
    "invalid",
    "not_found",
    "stale_epoch",
    "roster_mismatch",
    "policy",
    "rate_limited",
    "voice_unavailable",
  ],
});

export const readyVoiceGroup = defineOperation({
  id: "readyVoiceGroup",
  scope: null,
  method: "POST",
  path: "/client/v1/voice/sessions/:session/group/ready",
  tag,
  summary: "This device can receive with the keys of an epoch",
  auth,
  params: SessionParams,
  body: z.object({ epoch: z.number().int().min(0) }),
  result: z.object({}),
  errors: ["not_found", "voice_unavailable"],
});

/** What a moderator wants done with somebody's voice. */
export const Moderation = z.object({
  server_muted: z.boolean().optional(),
  server_deafened: z.boolean().optional(),
  move_to: z.object(VoiceRef).optional().describe("Another voice channel of the same guild"),
  disconnect: z.literal(true).optional(),
  stop_showing: z.literal(true).optional(),
  reason: z.string().max(512).optional(),
});
export type Moderation = z.infer<typeof Moderation>;

export const moderateVoice = defineOperation({
  id: "moderateVoice",
  scope: null,
  method: "PATCH",
  path: "/client/v1/rooms/:room_id/channels/:channel_id/voice/participants/:user_id",
  tag,
  summary:
    "Mute or end what somebody shows (MUTE_MEMBERS), deafen (DEAFEN_MEMBERS), move or disconnect (MOVE_MEMBERS) somebody in a call; muting and deafening last beyond it",
  auth,
  params: ChannelParams.extend({ user_id: z.string().max(300) }),
  body: Moderation,
  result: z.object({
    participant: VoiceParticipant.nullable().describe("null: not in this call any more"),
  }),
  errors: ["invalid", "forbidden", "not_found", "voice_full", "voice_unavailable"],
});
