import { z } from "zod";
import { ReadState } from "./channel.ts";
import { Guild, Member } from "./guild.ts";
import { Message } from "./message.ts";
import { Presence, User } from "./user.ts";

/** A one-to-one conversation. */
export const Dm = z.object({
  room_id: z.string(),
  channel_id: z.literal("main"),
  user: User.describe("The other one"),
  state: z.enum(["joined", "invited", "waiting"]).describe(
    "invited: the viewer has not answered; waiting: the other one has not",
  ),
  last_message_id: z.string().nullable(),
  last_ts: z.number().int(),
});
export type Dm = z.infer<typeof Dm>;

/** The signed-in account as it sees itself. */
export const Self = z.object({
  user: User,
  presence: Presence,
  admin: z.boolean(),
  confirmed_until: z.number().int().nullable().describe("Identity confirmed until (ms)"),
});
export type Self = z.infer<typeof Self>;

/** Everything a client needs to draw itself; `position` is the token to resume from. */
export const Snapshot = z.object({
  self: Self,
  guilds: z.array(Guild),
  dms: z.array(Dm),
  read_states: z.array(ReadState),
  presences: z.record(z.string(), z.enum(["online", "idle", "dnd", "offline"])),
  position: z.string(),
  server: z.object({ name: z.string(), trial: z.boolean(), version: z.string() }),
});
export type Snapshot = z.infer<typeof Snapshot>;

const ChannelRef = { room_id: z.string(), channel_id: z.string() };

/** What can happen, by name (`t` of a dispatch, `event` of a server-sent event). */
export const DISPATCH = {
  "message.create": Message,
  /** Edit, redaction, reaction or pin: the whole message anew. */
  "message.update": Message,
  "guild.update": Guild.describe(
    "Any change of guild, channels, roles or own rights: the whole guild",
  ),
  "guild.remove": z.object({
    guild_id: z.string(),
    reason: z.enum(["left", "kicked", "banned", "deleted"]),
  }),
  "member.update": z.object({ guild_id: z.string(), member: Member }),
  "member.remove": z.object({ guild_id: z.string(), user_id: z.string() }),
  "dm.update": Dm,
  "user.update": User,
  "self.update": Self,
  "read.update": ReadState,
  "typing": z.object({ ...ChannelRef, user: User, until: z.number().int() }),
  "presence": z.object({
    user_id: z.string(),
    presence: z.enum(["online", "idle", "dnd", "offline"]),
  }),
  "session.revoked": z.object({ reason: z.string() }),
} as const;
export type DispatchName = keyof typeof DISPATCH;
export type DispatchData<Name extends DispatchName> = z.infer<(typeof DISPATCH)[Name]>;

/** Server to client. `pos` is present where the frame moves the resume position. */
export type ServerFrame =
  | { op: "hello"; d: { heartbeat_interval_ms: number; session_id: string } }
  | { op: "ready"; d: Snapshot }
  | { op: "resumed"; d: { position: string; replayed: number } }
  | { op: "reset"; d: { reason: string } } // position too old: take a new snapshot
  | { op: "heartbeat_ack"; d: { ts: number } }
  | { op: "error"; d: { code: string; message: string } }
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
  /** Members of this guild whose presence and changes are wanted; empty list ends it. */
  z.object({
    op: z.literal("subscribe"),
    d: z.object({ guild_id: z.string(), user_ids: z.array(z.string()).max(200) }),
  }),
  z.object({ op: z.literal("typing"), d: z.object(ChannelRef) }),
]);
export type ClientFrame = z.infer<typeof ClientFrame>;
