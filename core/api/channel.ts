import { z } from "zod";

export const ChannelKind = z.enum(["category", "text", "voice"]);
export type ChannelKind = z.infer<typeof ChannelKind>;

/** Bits as lower-case hex without leading zero, "0" for none. */
export const Bits = z.string().regex(/^(0|[1-9a-f][0-9a-f]{0,31})$/);

/** A permission entry of a channel or category. `target`: "everyone", a role id or a user id. */
export const ChannelEntry = z.object({ target: z.string(), allow: Bits, deny: Bits });
export type ChannelEntry = z.infer<typeof ChannelEntry>;

/** A channel as its viewer sees it. A private channel is a room of its own shown in its guild. */
export const Channel = z.object({
  room_id: z.string().describe("The guild, or the private channel's own room"),
  id: z.string().describe("Channel id; `main` in private channels and DMs"),
  kind: ChannelKind,
  private: z.boolean().describe("True where the channel is a room of its own"),
  encrypted: z.boolean().describe("From some message on; never lifted"),
  may_encrypt: z.boolean().describe("The viewer is who may switch encryption on"),
  name: z.string(),
  topic: z.string().nullable(),
  parent: z.string().nullable().describe("Category id"),
  order: z.number().int(),
  slow_mode_s: z.number().int(),
  archived: z.boolean(),
  age_restricted: z.boolean(),
  user_limit: z.number().int().describe("Of a voice channel: most people in it; 0: no own limit"),
  bitrate: z.number().int().describe("Of a voice channel: bits per second of one voice"),
  hidden: z.boolean().describe("True where everyone lacks VIEW_CHANNEL"),
  entries: z.array(ChannelEntry),
  permissions: Bits.describe("The viewer's rights here"),
  last_message_id: z.string().nullable(),
});
export type Channel = z.infer<typeof Channel>;

/** How far the viewer has read one channel. Kept by the server. */
export const ReadState = z.object({
  room_id: z.string(),
  channel_id: z.string(),
  thread_id: z.string().optional().describe("Of a thread in the channel, not of the channel"),
  /** Last message read, in timeline order; null before the first. */
  last_read_id: z.string().nullable(),
  unread: z.number().int(),
  mentions: z.number().int(),
  counted_to: z.number().int().describe(
    "`order` of the last event counted: a message up to there adds nothing when it arrives",
  ),
});
export type ReadState = z.infer<typeof ReadState>;
