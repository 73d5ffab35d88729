import type { Message } from "../../core/api/message.ts";
import type { User } from "../../core/api/user.ts";

export function sampleUser(id: string): User {
  return { id, display_name: null, avatar: null, bio: null, status: null, bot: false };
}

/** A message as a viewer sees it: of somebody else, empty, with nothing that relates to it. */
export function sampleMessage(part: Partial<Message> & Pick<Message, "id">): Message {
  return {
    room_id: "!r",
    channel_id: "main",
    kind: "text",
    author: sampleUser("@bob:one.test"),
    nickname: null,
    color: null,
    origin_ts: part.order ?? 1,
    order: 1,
    body: "",
    media: [],
    mentions: { users: [], roles: [], everyone: false },
    mentions_me: false,
    edited_ts: null,
    redacted: null,
    reply_to: null,
    reactions: [],
    pinned: false,
    late: false,
    ...part,
  };
}
