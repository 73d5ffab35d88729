import { z } from "zod";
import { ReadState } from "./channel.ts";
import type { ErrorCode } from "./error.ts";
import { Checking, Guild, Member } from "./guild.ts";
import { Invitation } from "./invitations.ts";
import { MessageFrame } from "./message.ts";
import { NotifySetting } from "./notify.ts";
import { Quiet } from "./quiet.ts";
import { Relationship } from "./relationships.ts";
import { MissedCall, RING_DISPATCH } from "./ringing.ts";
import { OwnThread, Thread } from "./thread.ts";
import { Presence, User } from "./user.ts";
import { ServerVoiceAbsence, VOICE_DISPATCH, VoiceChannel } from "./voice.ts";

/** How far the other one of a conversation has read. */
export const SeenMark = z.object({
  id: z.string().describe("The last message read"),
  order: z.number().int().describe("Its `order`: every message with a smaller one is read too"),
});
export type SeenMark = z.infer<typeof SeenMark>;

/** A one-to-one conversation. */
export const PairDm = z.object({
  kind: z.literal("pair"),
  room_id: z.string(),
  channel_id: z.literal("main"),
  user: User.describe("The other one"),
  state: z.enum(["joined", "invited", "waiting", "left"]).describe(
    "invited: the viewer has not answered; waiting: the other one has not; " +
      "left: the other one was there and has left",
  ),
  last_message_id: z.string().nullable(),
  last_ts: z.number().int(),
  encrypted: z.boolean().describe("From some message on; never lifted"),
  may_encrypt: z.boolean().describe("The viewer is who may switch encryption on"),
  seen: SeenMark.nullable().describe(
    "How far the other one has read; null where either side keeps that to itself (`share_read`)",
  ),
});
export type PairDm = z.infer<typeof PairDm>;

/** A conversation of several, which the viewer is in; one that is only offered is an invitation. */
export const GroupDm = z.object({
  kind: z.literal("group"),
  room_id: z.string(),
  channel_id: z.literal("main"),
  name: z.string().nullable().describe("Null: it is called by its people"),
  icon: z.string().nullable(),
  owner: z.string().nullable().describe(
    "Who may remove people and begin encryption; null: nobody, the last one went without a word",
  ),
  people: z.array(
    z.object({
      user: User,
      state: z.enum(["joined", "invited"]).describe("invited: has not answered yet"),
    }),
  ).describe("The viewer too; in the order of joining, then the invited ones"),
  state: z.literal("joined"),
  last_message_id: z.string().nullable(),
  last_ts: z.number().int(),
  encrypted: z.boolean().describe("From some message on; never lifted"),
  may_encrypt: z.boolean().describe("The viewer is who may switch encryption on"),
  history: z.literal("shared").optional().describe(
    "Who is added may fetch what was said before, sealed as it is; absent: nothing of it",
  ),
});
export type GroupDm = z.infer<typeof GroupDm>;

/** A conversation, of two or of several. */
export const Dm = z.discriminatedUnion("kind", [PairDm, GroupDm]);
export type Dm = z.infer<typeof Dm>;

/** The signed-in account as it sees itself. */
export const Self = z.object({
  user: User,
  presence: Presence,
  admin: z.boolean(),
  language: z.string().nullable().describe(
    "BCP 47 tag of the language chosen for the pages; null: as the browser wishes",
  ),
  confirmed_until: z.number().int().nullable().describe("Identity confirmed until (ms)"),
  status_until: z.number().int().nullable().describe("When the status goes by itself (ms)"),
  show_previews: z.boolean().describe("Whether links are shown with previews (`Preferences`)"),
  sealed_previews: z.boolean().describe(
    "Whether links that are sent encrypted get previews (`Preferences`)",
  ),
});
export type Self = z.infer<typeof Self>;

/** Everything a client needs to draw itself; `position` is the token to resume from. */
export const Snapshot = z.object({
  self: Self,
  guilds: z.array(Guild),
  dms: z.array(Dm),
  invitations: z.array(Invitation),
  relationships: z.array(Relationship),
  read_states: z.array(ReadState).describe("Of channels, and of the threads that are followed"),
  threads: z.array(OwnThread).describe("Own ones, the last written in first: up to 100"),
  notify: z.array(NotifySetting).describe("Places with a choice of their own"),
  quiet: Quiet.describe("When nothing is told"),
  presences: z.record(z.string(), z.enum(["online", "idle", "dnd", "offline"])),
  voice: z.array(VoiceChannel).describe(
    "Voice channels and conversations that somebody is in a call in, of those visible",
  ),
  missed_calls: z.array(MissedCall),
  position: z.string(),
  server: z.object({
    name: z.string(),
    trial: z.boolean(),
    version: z.string(),
    mail: z.boolean().describe("Accounts may have a mail address"),
    logins: z.boolean().describe("Accounts may be linked to outside providers"),
    encrypts_automatically: z.boolean().describe(
      "Clients begin encryption of a conversation at the next message, where both sides can",
    ),
    voice: z.boolean().describe("Voice channels can be joined here"),
    voice_absence: ServerVoiceAbsence.nullable().describe("Why they cannot"),
  }),
});
export type Snapshot = z.infer<typeof Snapshot>;

const ChannelRef = { room_id: z.string(), channel_id: z.string() };
/** A channel, or with `thread_id` the thread of it that began on that message. */
const TalkRef = { ...ChannelRef, thread_id: z.string().optional() };

/** A guild without its viewer's own membership, which comes as `member.update`. */
export const GuildFrame = Guild.omit({ me: true });
export type GuildFrame = z.infer<typeof GuildFrame>;

const MemberCount = z.number().int().describe("Of the guild, after the change");

/** What can happen, by name (`t` of a dispatch, `event` of a server-sent event). */
export const DISPATCH = {
  "message.create": MessageFrame,
  /** Edit, redaction or pin: the whole message anew. */
  "message.update": MessageFrame,
  "message.reaction": z.object({
    ...ChannelRef,
    message_id: z.string(),
    key: z.string(),
    user_id: z.string(),
    added: z.boolean(),
    count: z.number().int().describe("After the change; 0: the reaction is gone"),
  }),
  /** Votes of a poll, or its end: all of its numbers as they are now. */
  "message.poll": z.object({
    ...ChannelRef,
    message_id: z.string(),
    votes: z.array(z.number().int()).describe("Of each option"),
    voters: z.number().int(),
    ended_ts: z.number().int().nullable(),
    ballots: z.array(z.object({ user_id: z.string(), choices: z.array(z.number().int()) }))
      .describe(
        "What those who voted just now have chosen; votes that come together are told as one",
      ),
  }),
  /** Something was said in a thread, or it was named, put away, brought back, locked. */
  "thread.update": Thread,
  /** The user follows a thread, or does no longer. */
  "thread.own": OwnThread,
  "guild.update": GuildFrame.describe(
    "Any change of guild, channels, roles or own rights: the whole guild",
  ),
  "guild.remove": z.object({
    guild_id: z.string(),
    reason: z.enum(["left", "kicked", "banned", "ended", "deleted", "unverifiable", "moved"])
      .describe("`ended`: the membership had an end, and it has come"),
    until_ts: z.number().int().optional().describe("Of a ban that ends by itself: when (ms)"),
  }),
  "guild.checking": z.object({
    guild_id: z.string(),
    checking: Checking.nullable().describe("Null: done, or given up with a `guild.remove`"),
  }),
  "invitation.update": Invitation,
  /** Answered, withdrawn or expired; also of a conversation that was only asked for. */
  "invitation.remove": z.object({ room_id: z.string() }),
  /** Told to who comes back: no other invitation and no other request for a conversation is left. */
  "invitation.standing": z.object({ room_ids: z.array(z.string()) }),
  "member.update": z.object({
    guild_id: z.string(),
    member: Member,
    member_count: MemberCount,
  }),
  "member.remove": z.object({
    guild_id: z.string(),
    user_id: z.string(),
    member_count: MemberCount,
  }),
  "dm.update": Dm,
  /** Closed or left, maybe on another device; or the viewer was removed from a group. */
  "dm.remove": z.object({
    room_id: z.string(),
    reason: z.enum(["left", "kicked"]).optional().describe("Of a group that the viewer was in"),
  }),
  /** The other one has read on. */
  "dm.seen": z.object({ room_id: z.string(), seen: SeenMark }),
  "user.update": User,
  "self.update": Self,
  "read.update": ReadState,
  /** Nothing chosen in it: the place is as it would be anyway. */
  "notify.update": NotifySetting,
  "quiet.update": Quiet,
  /** With bond null and not blocked: nothing is between them any more. */
  "relationship.update": Relationship,
  "typing": z.object({ ...TalkRef, user: User, until: z.number().int() }),
  "presence": z.object({
    user_id: z.string(),
    presence: z.enum(["online", "idle", "dnd", "offline"]),
  }),
  /** The room's MLS group has a new epoch. */
  "group.update": z.object({ room_id: z.string(), epoch: z.number().int() }),
  /** Devices are to be added to the room's group, or to be taken out. */
  "group.wanted": z.object({ room_id: z.string() }),
  /** A Welcome waits for a device of the user; `room_id` is its room. */
  "welcome": z.object({ room_id: z.string() }),
  /** A user's devices or identity changed. */
  "devices.update": z.object({ user_id: z.string() }),
  /** Something waits in the inbox of a device of the user. */
  "to_device": z.object({}),
  /** A device of the user has few key packages left. */
  "key_packages.low": z.object({}),
  ...VOICE_DISPATCH,
  ...RING_DISPATCH,
  "session.revoked": z.object({ reason: z.string() }),
} as const;
export type DispatchName = keyof typeof DISPATCH;
export type DispatchData<Name extends DispatchName> = z.infer<(typeof DISPATCH)[Name]>;

/** Most members one `subscribe` names; scrolling the member list moves the window. */
export const SUBSCRIBE_COUNT = 200;

/** Why the server ended a socket, beyond the codes of RFC 6455. */
export const GATEWAY_CLOSE = {
  /** Buffered bytes passed the bound, or frames could not be kept: resume at once. */
  tooSlow: 4000,
  /** Not a frame of this protocol. */
  badFrame: 4001,
  /** No `identify` in time, or something else before it. */
  notIdentified: 4002,
  /** The token or cookie proves nobody: sign in or refresh. */
  unauthorized: 4003,
  /** The session was ended elsewhere: sign in. */
  revoked: 4004,
  /** Too many frames in a minute. */
  tooMany: 4005,
  /** No heartbeat in time: resume. */
  silent: 4006,
  /** RFC 6455 registry: service restart; resume after a moment. */
  restart: 1012,
  /** RFC 6455 registry: try again later. */
  overloaded: 1013,
} as const;

/** Server to client. `pos` is present where the frame moves the resume position. */
export type ServerFrame =
  | { op: "hello"; d: { heartbeat_interval_ms: number; session_id: string } }
  | { op: "ready"; d: Snapshot }
  | { op: "resumed"; d: { position: string; replayed: number } }
  | { op: "reset"; d: { reason: string } } // position too old: take a new snapshot
  /** Everything up to `position` has been sent on this socket. */
  | { op: "heartbeat_ack"; d: { ts: number; position: string | null } }
  /** Answer to `subscribe`: who of them is there; who is absent here is offline. */
  | {
    op: "presences";
    d: { guild_id: string | null; presences: Record<string, "online" | "idle" | "dnd"> };
  }
  | { op: "error"; d: { code: ErrorCode; message: string } }
  | {
    [Name in DispatchName]: { op: "dispatch"; t: Name; d: DispatchData<Name>; pos?: string };
  }[DispatchName];

/** Client to server: one object a frame, at most `limits.gatewayFrameBytes`. */
export const ClientFrame = z.discriminatedUnion("op", [
  /** First frame; without token the session cookie counts. With `position`: resume. */
  z.object({
    op: z.literal("identify"),
    d: z.object({ token: z.string().optional(), position: z.string().optional() }),
  }),
  z.object({ op: z.literal("heartbeat"), d: z.object({ ts: z.number() }) }),
  z.object({ op: z.literal("presence"), d: z.object({ presence: Presence }) }),
  /**
   * Members of this guild (or the room of a DM) whose presence and changes are wanted;
   * replaces the former list of the same guild; an empty list ends it. Without a guild (null):
   * friends, and people of one's conversations.
   */
  z.object({
    op: z.literal("subscribe"),
    d: z.object({
      guild_id: z.string().nullable(),
      user_ids: z.array(z.string()).max(SUBSCRIBE_COUNT),
    }),
  }),
  z.object({ op: z.literal("typing"), d: z.object(TalkRef) }),
]);
export type ClientFrame = z.infer<typeof ClientFrame>;
