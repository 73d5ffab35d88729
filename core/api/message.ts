import { z } from "zod";
import { Preview } from "./preview.ts";
import { Poll, PollFrame } from "./poll.ts";
import { Sealed } from "./sealed.ts";
import { Thread } from "./thread.ts";
import { User } from "./user.ts";

/** A file in a message. Pictures carry size and placeholder so that nothing moves when they load. */
export const MessageMedia = z.object({
  uri: z.string().describe("mxc://server/id"),
  name: z.string(),
  type: z.string().describe("MIME type as sniffed by the server"),
  size: z.number().int(),
  alt: z.string().nullable(),
  width: z.number().int().nullable(),
  height: z.number().int().nullable(),
  thumbhash: z.string().nullable().describe("base64"),
  spoiler: z.boolean(),
});
export type MessageMedia = z.infer<typeof MessageMedia>;

export const Mentions = z.object({
  users: z.array(z.string()),
  roles: z.array(z.string()),
  everyone: z.boolean(),
});
export type Mentions = z.infer<typeof Mentions>;

export const Reaction = z.object({
  key: z.string(),
  count: z.number().int(),
  me: z.boolean(),
  users: z.array(z.string()).describe("The first few, for the tooltip"),
});
export type Reaction = z.infer<typeof Reaction>;

/** A reaction in an encrypted room: with what is known to its devices alone. */
export const SealedReaction = z.object({
  id: z.string().describe("Event id: what to delete to take it back"),
  user_id: z.string(),
  sealed: Sealed,
});
export type SealedReaction = z.infer<typeof SealedReaction>;

/** A message as its viewer sees it, with edits, reactions and redaction applied. */
export const Message = z.object({
  id: z.string(),
  room_id: z.string(),
  channel_id: z.string(),
  kind: z.enum(["text", "file", "poll", "sealed"]),
  author: User.describe("Of a webhook: as it shows itself with this message"),
  webhook: z.literal(true).optional().describe("Written by a webhook, whatever name it shows"),
  nickname: z.string().nullable(),
  guild_avatar: z.string().optional().describe("The author's picture in this guild alone"),
  color: z.string().nullable().describe("Colour of the author's strongest coloured role"),
  origin_ts: z.number().int(),
  order: z.number().int().describe("Place in the channel: (order, raw id) ascending"),
  body: z.string().describe(
    "Markdown source; empty when redacted, and when sealed; of a poll its question, as plain text",
  ),
  poll: Poll.optional().describe("Of a poll that is not redacted"),
  sealed: Sealed.optional().describe("Of an encrypted message: the newest edit's"),
  sealed_event_id: z.string().optional().describe("The event whose `sealed` this is"),
  sealed_reactions: z.array(SealedReaction).optional().describe("The first ones first"),
  unsealed: z.literal(true).optional().describe(
    "Came without encryption after it was switched on: nobody vouches for who could read it",
  ),
  media: z.array(MessageMedia),
  previews: z.array(Preview).optional().describe(
    "Of its links, as far as this server has found them; they may come after the message",
  ),
  previews_off: z.literal(true).optional().describe(
    "They were taken off: none is shown, of an encrypted message neither",
  ),
  mentions: Mentions.describe("Those that take effect"),
  mentions_me: z.boolean(),
  edited_ts: z.number().int().nullable(),
  redacted: z.object({ by: z.string(), reason: z.string().nullable() }).nullable(),
  reply_to: z.object({
    id: z.string(),
    author: User.nullable(),
    webhook: z.literal(true).optional().describe("Its author is a webhook"),
    excerpt: z.string().nullable().describe("Empty where sealed; null: deleted or not held"),
  }).nullable(),
  forwarded: z.object({
    channel_id: z.string().optional(),
    event_id: z.string().optional(),
  }).optional().describe(
    "A copy of another message. The original is named where it is in the same room and all who " +
      "could read the copy when it was sent could see it",
  ),
  reactions: z.array(Reaction),
  pinned: z.boolean(),
  thread_id: z.string().optional().describe(
    "Of a message in a thread: the message that it began on. It stands in no channel's timeline",
  ),
  thread: Thread.optional().describe("What was said under this message"),
  late: z.boolean(),
  nonce: z.string().optional().describe("Only to the sender: matches the local echo"),
});
export type Message = z.infer<typeof Message>;

/**
 * A message as it travels in dispatches: the same bytes for every viewer. What depends on the
 * viewer is added by `personalMessage`; `nonce` reaches the sender's own sessions alone.
 */
export const MessageFrame = Message.omit({ mentions_me: true }).extend({
  poll: PollFrame.optional(),
  reactions: z.array(Reaction.omit({ me: true })),
  own_reactions: z.array(z.string()).optional().describe(
    "Only to who took a reaction back: the keys of those that still stand",
  ),
});
export type MessageFrame = z.infer<typeof MessageFrame>;

/** Why a channel may have more of a past than is shown. */
export const RemoteHistory = z.object({
  state: z.enum(["fetching", "unavailable", "withheld"]).describe(
    "`fetching`: ask again; `unavailable`: `servers` did not answer; `withheld`: no server gives more",
  ),
  servers: z.array(z.string()).describe("Those that did not answer"),
  text: z.string().describe("For people"),
});
export type RemoteHistory = z.infer<typeof RemoteHistory>;

/** A page of messages, oldest first. */
export const MessagePage = z.object({
  messages: z.array(Message),
  has_before: z.boolean(),
  has_after: z.boolean(),
  /** Only where the page begins with what this server holds and the channel may not. */
  remote_history: RemoteHistory.optional(),
  thread_id: z.string().optional().describe(
    "The message at `around` stands in this thread, not in the channel's timeline",
  ),
});
export type MessagePage = z.infer<typeof MessagePage>;
