import assert from "node:assert/strict";
import type { MessageFrame } from "./message.ts";
import { mentionsViewer, personalMessage } from "./personal_message.ts";

const viewer = { userId: "@ada:x", roles: ["crew"] };
const none = { users: [], roles: [], everyone: false };

Deno.test("a mention reaches by name, by role and by everyone, and nobody else", () => {
  assert.equal(mentionsViewer(none, viewer), false);
  assert.equal(mentionsViewer({ ...none, users: ["@bob:x"], roles: ["other"] }, viewer), false);
  assert.equal(mentionsViewer({ ...none, users: ["@ada:x"] }, viewer), true);
  assert.equal(mentionsViewer({ ...none, roles: ["crew"] }, viewer), true);
  assert.equal(mentionsViewer({ ...none, everyone: true }, viewer), true);
});

Deno.test("own reactions come from what is held, else from the names at hand", () => {
  const frame: MessageFrame = {
    id: "$a",
    room_id: "!r",
    channel_id: "main",
    kind: "text",
    author: { id: "@bob:x", display_name: null, avatar: null, bio: null, status: null, bot: false },
    nickname: null,
    color: null,
    origin_ts: 1,
    order: 1,
    body: "hi",
    media: [],
    mentions: none,
    edited_ts: null,
    redacted: null,
    reply_to: null,
    reactions: [
      { key: "a", count: 9, users: ["@bob:x"] },
      { key: "b", count: 1, users: ["@ada:x"] },
    ],
    pinned: false,
    late: false,
  };
  const held = { reactions: [{ key: "a", count: 8, me: true, users: ["@bob:x"] }] };
  assert.deepEqual(
    personalMessage(frame, viewer, held).reactions.map((reaction) => reaction.me),
    [true, true],
  );
  assert.deepEqual(
    personalMessage(frame, viewer).reactions.map((reaction) => reaction.me),
    [false, true],
  );
  // Everybody is named, so that the viewer is not among them, whatever was held.
  const gone = { ...frame, reactions: [{ key: "a", count: 1, users: ["@bob:x"] }] };
  assert.deepEqual(
    personalMessage(gone, viewer, held).reactions.map((reaction) => reaction.me),
    [false],
  );
  const told = personalMessage({ ...frame, own_reactions: ["b"] }, viewer, held);
  assert.deepEqual(told.reactions.map((reaction) => reaction.me), [false, true]);
  assert.ok(!("own_reactions" in told));
});
