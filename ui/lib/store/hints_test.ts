import assert from "node:assert/strict";
import type { Guild } from "../../../core/api/guild.ts";
import { hintFor } from "./hints.ts";

const NOW = 1_800_000_000_000;
const guild = (memberCount: number, joinedMs = NOW) =>
  ({ member_count: memberCount, me: { joined_ts: joinedMs } }) as Pick<
    Guild,
    "member_count" | "me"
  >;
const now = {
  away: [] as string[],
  mayInvite: true,
  mayWrite: true,
  hasWritten: false,
  nowMs: NOW,
};

Deno.test("who is alone is told how to invite, who is not how to begin, who has begun the keys", () => {
  assert.equal(hintFor(guild(1), now), "invite");
  assert.equal(hintFor(guild(1), { ...now, mayInvite: false }), "write");
  assert.equal(hintFor(guild(2), now), "write");
  assert.equal(hintFor(guild(2), { ...now, mayWrite: false }), undefined);
  assert.equal(hintFor(guild(2), { ...now, hasWritten: true }), "keys");
});

Deno.test("a hint that was put away stays away, and the next one may come", () => {
  assert.equal(hintFor(guild(1), { ...now, away: ["invite"] }), "write");
  assert.equal(hintFor(guild(2), { ...now, away: ["write"] }), undefined);
  assert.equal(hintFor(guild(2), { ...now, hasWritten: true, away: ["keys"] }), undefined);
});

Deno.test("who has been here for a week needs none", () => {
  assert.equal(hintFor(guild(1, NOW - 8 * 24 * 3_600_000), now), undefined);
});
