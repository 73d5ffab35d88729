import { z } from "zod";
import { ReadState } from "./channel.ts";
import { Message, MessagePage } from "./message.ts";
import { defineOperation } from "./operation.ts";
import { Sealed } from "./sealed.ts";
import { User } from "./user.ts";

const Room = z.object({ room_id: z.string() });
const ChannelId = z.string().default("main").describe("`main` in DMs and private channels");
const ThreadId = z.string().optional().describe("Of a thread in the channel: its root");
const MessageParams = Room.extend({ event_id: z.string() });
/** Longest body in characters; the event's 64 KiB bound lies above it. */
export const MESSAGE_BODY_CHARS = 4000;
export const MESSAGE_MEDIA_COUNT = 10;

export const listMessages = defineOperation({
  id: "listMessages",
  scope: "read",
  method: "GET",
  path: "/client/v1/rooms/:room_id/messages",
  tag: "messages",
  summary: "A page of a channel: the newest, or before, after or around a message or a time",
  auth: "user",
  params: Room,
  query: z.object({
    channel_id: ChannelId,
    thread_id: ThreadId,
    /** Alias of `before`, the brief's name. */
    from: z.string().optional(),
    before: z.string().optional(),
    after: z.string().optional(),
    around: z.string().optional(),
    at_ts: z.coerce.number().int().optional().describe("Jump to date (ms)"),
    limit: z.coerce.number().int().min(1).max(100).default(50),
  }),
  result: MessagePage,
  errors: ["invalid", "not_found"],
});

export const getMessage = defineOperation({
  id: "getMessage",
  scope: "read",
  method: "GET",
  path: "/client/v1/rooms/:room_id/messages/:event_id",
  tag: "messages",
  summary: "One message with its edit history",
  auth: "user",
  params: MessageParams,
  result: Message.extend({
    history: z.array(z.object({
      body: z.string(),
      ts: z.number().int(),
      event_id: z.string(),
      sealed: Sealed.optional(),
    })).describe("Oldest first"),
  }),
  errors: ["not_found"],
});

export const sendMessage = defineOperation({
  id: "sendMessage",
  scope: "write:messages",
  method: "POST",
  path: "/client/v1/rooms/:room_id/send",
  tag: "messages",
  summary: "Send a message; the same nonce again answers with the first message",
  auth: "user",
  params: Room,
  body: z.object({
    channel_id: ChannelId,
    thread_id: ThreadId,
    body: z.string().max(MESSAGE_BODY_CHARS).default("").describe(
      "Markdown; mentions as in core/event/mention_tokens.ts: <@local:server>, <&role>, <#channel>, @everyone",
    ),
    sealed: Sealed.optional().describe(
      "In place of `body`, in encrypted rooms; whom it pings is named in `allowed_mentions.users`, " +
        "which servers see",
    ),
    media: z.array(z.object({
      uri: z.string(),
      alt: z.string().max(1000).nullable().optional(),
      spoiler: z.boolean().optional(),
    })).max(MESSAGE_MEDIA_COUNT).default([]),
    reply_to: z.string().nullable().optional(),
    forwarded: z.object({
      event_id: z.string().optional().describe(
        "The original, where it is in the same room; named to readers only where all of them may see it",
      ),
    }).optional().describe(
      "The message is a copy of another one: it pings nobody and cannot be edited. Its files are " +
        "one's own uploads, as of any message. Of a sealed message it is said inside",
    ),
    /** Whom the text may ping; left out: everyone it names, the replied-to author included. */
    allowed_mentions: z.object({
      users: z.array(z.string()).max(100).optional(),
      roles: z.array(z.string()).max(100).optional(),
      everyone: z.boolean().optional(),
      replied_user: z.boolean().optional(),
    }).optional(),
    nonce: z.string().min(1).max(64).optional(),
  }),
  result: Message,
  errors: [
    "invalid",
    "forbidden",
    "not_found",
    "encrypted_room",
    "slow_mode",
    "rate_limited",
    "unavailable",
  ],
});

export const editMessage = defineOperation({
  id: "editMessage",
  scope: "write:messages",
  method: "PATCH",
  path: "/client/v1/rooms/:room_id/messages/:event_id",
  tag: "messages",
  summary: "Edit one's own message",
  auth: "user",
  params: MessageParams,
  body: z.object({
    body: z.string().max(MESSAGE_BODY_CHARS).default(""),
    sealed: Sealed.optional().describe("In place of `body`, in encrypted rooms"),
  }),
  result: Message,
  errors: ["invalid", "forbidden", "not_found", "encrypted_room", "limit_reached"],
});

export const redactMessages = defineOperation({
  id: "redactMessages",
  scope: "write:messages",
  method: "POST",
  path: "/client/v1/redact",
  tag: "messages",
  summary: "Delete one message or up to 100 (own ones, or MANAGE_MESSAGES)",
  auth: "user",
  body: z.object({
    room_id: z.string(),
    channel_id: ChannelId,
    event_ids: z.array(z.string()).min(1).max(100),
    reason: z.string().max(512).optional(),
  }),
  result: z.object({ redacted: z.array(z.string()), refused: z.array(z.string()) }),
  errors: ["invalid", "forbidden", "not_found"],
});

export const addReaction = defineOperation({
  id: "addReaction",
  scope: "write:messages",
  method: "POST",
  path: "/client/v1/reactions",
  tag: "messages",
  summary: "React to a message; again with the same key changes nothing",
  auth: "user",
  body: z.object({
    room_id: z.string(),
    event_id: z.string(),
    key: z.string().max(64).default(""),
    sealed: Sealed.optional().describe(
      "In place of `key`, in encrypted rooms; taken back by deleting its event",
    ),
  }),
  result: Message,
  errors: ["invalid", "forbidden", "not_found", "encrypted_room", "limit_reached"],
});

export const removeReaction = defineOperation({
  id: "removeReaction",
  scope: "write:messages",
  method: "DELETE",
  path: "/client/v1/reactions",
  tag: "messages",
  summary: "Take one's reaction back",
  auth: "user",
  body: z.object({ room_id: z.string(), event_id: z.string(), key: z.string().min(1).max(64) }),
  result: Message,
  errors: ["invalid", "forbidden", "not_found"],
});

export const listReactors = defineOperation({
  id: "listReactors",
  scope: "read",
  method: "GET",
  path: "/client/v1/rooms/:room_id/messages/:event_id/reactors",
  tag: "messages",
  summary: "Who reacted to a message with one key, the first ones first",
  auth: "user",
  params: MessageParams,
  query: z.object({
    key: z.string().min(1).max(64),
    after: z.string().optional().describe("user id of the last one of the page before"),
    limit: z.coerce.number().int().min(1).max(100).default(50),
  }),
  result: z.object({ users: z.array(User), has_more: z.boolean() }),
  errors: ["not_found"],
});

export const pinMessage = defineOperation({
  id: "pinMessage",
  scope: "write:messages",
  method: "PUT",
  path: "/client/v1/rooms/:room_id/pins/:event_id",
  tag: "messages",
  summary: "Pin or unpin a message (PIN)",
  auth: "user",
  params: MessageParams,
  body: z.object({ on: z.boolean() }),
  result: Message,
  errors: ["forbidden", "not_found"],
});

export const removePreviews = defineOperation({
  id: "removePreviews",
  scope: "write:messages",
  method: "DELETE",
  path: "/client/v1/rooms/:room_id/messages/:event_id/previews",
  tag: "messages",
  summary:
    "Take the previews of its links off one's own message, or another's with MANAGE_MESSAGES; the message stays as it is",
  auth: "user",
  params: MessageParams,
  result: Message,
  errors: ["forbidden", "not_found", "rate_limited", "unavailable"],
});

export const listPins = defineOperation({
  id: "listPins",
  scope: "read",
  method: "GET",
  path: "/client/v1/rooms/:room_id/pins",
  tag: "messages",
  summary: "Pinned messages of a channel, newest pin first",
  auth: "user",
  params: Room,
  query: z.object({ channel_id: ChannelId }),
  result: z.object({ messages: z.array(Message) }),
  errors: ["not_found"],
});

export const markRead = defineOperation({
  id: "markRead",
  scope: "write:messages",
  method: "POST",
  path: "/client/v1/rooms/:room_id/read",
  tag: "messages",
  summary: "Set how far the caller has read; `event_id` null marks all unread from the start",
  auth: "user",
  params: Room,
  body: z.object({
    channel_id: ChannelId,
    thread_id: ThreadId,
    event_id: z.string().nullable(),
    /** Moves the marker back: mark unread from here. */
    back: z.boolean().optional(),
  }),
  result: ReadState,
  errors: ["not_found"],
});

export const getRead = defineOperation({
  id: "getRead",
  scope: "read",
  method: "GET",
  path: "/client/v1/rooms/:room_id/read",
  tag: "messages",
  summary: "How far the caller has read a channel, and what waits there",
  auth: "user",
  params: Room,
  query: z.object({ channel_id: ChannelId, thread_id: ThreadId }),
  result: ReadState,
  errors: ["not_found"],
});

export const sendTyping = defineOperation({
  id: "sendTyping",
  scope: "write:messages",
  method: "POST",
  path: "/client/v1/rooms/:room_id/typing",
  tag: "messages",
  summary: "Say that the caller is typing (for ten seconds)",
  auth: "user",
  params: Room,
  body: z.object({ channel_id: ChannelId, thread_id: ThreadId }),
  result: z.object({}),
  errors: ["not_found", "forbidden"],
});
