import assert from "node:assert/strict";
import { attentionOf, isDefault, isMuted, isTold, NO_CHOICE, pings } from "./notify.ts";

const channel = { conversation: false, nowMs: 1000 };
const none = { suppressEveryone: false, suppressRoles: false };

Deno.test("a channel follows its guild, a guild and a conversation their default", () => {
  assert.equal(attentionOf({}, channel).level, "mentions");
  assert.equal(attentionOf({}, { ...channel, conversation: true }).level, "all");
  const guild = { ...NO_CHOICE, level: "all" as const };
  assert.equal(attentionOf({ guild }, channel).level, "all");
  const own = { ...NO_CHOICE, level: "nothing" as const };
  assert.equal(attentionOf({ guild, own }, channel).level, "nothing");
  assert.ok(isDefault(NO_CHOICE));
  assert.ok(!isDefault(own));
});

Deno.test("muted is what is muted itself or in a muted guild, until its time", () => {
  const forever = { ...NO_CHOICE, muted: true };
  const until = { ...forever, muted_until: 1001 };
  assert.ok(attentionOf({ guild: forever }, channel).muted);
  assert.ok(attentionOf({ own: until }, channel).muted);
  assert.ok(!attentionOf({ own: until, guild: NO_CHOICE }, { ...channel, nowMs: 1001 }).muted);
  assert.ok(!isMuted({ ...until, muted: false }, 0), "a time alone mutes nothing");
});

Deno.test("what counts as a mention, and who is told", () => {
  const reader = { userId: "@ann:a", roles: ["smiths"] };
  const everyone = { everyone: true, users: [], roles: [] };
  const role = { everyone: false, users: [], roles: ["smiths"] };
  const named = { everyone: true, users: ["@ann:a"], roles: ["smiths"] };
  assert.ok(pings(everyone, reader, none));
  assert.ok(!pings(everyone, reader, { ...none, suppressEveryone: true }));
  assert.ok(pings(role, reader, none));
  assert.ok(!pings(role, reader, { ...none, suppressRoles: true }));
  assert.ok(!pings(role, { ...reader, roles: [] }, none));
  assert.ok(pings(named, reader, { suppressEveryone: true, suppressRoles: true }));
  const all = { ...none, muted: false, level: "all" as const };
  assert.ok(isTold(all, false));
  assert.ok(!isTold({ ...all, level: "mentions" }, false));
  assert.ok(isTold({ ...all, level: "mentions" }, true));
  assert.ok(!isTold({ ...all, level: "nothing" }, true));
  assert.ok(!isTold({ ...all, muted: true }, true));
});
