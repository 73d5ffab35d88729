import assert from "node:assert/strict";
import { belongs, GROUP_SALT_BYTES, makeGroupId, readGroupId, sameKind } from "./group_name.ts";
import type { RoomKind } from "./types.ts";

const salt = new Uint8Array(GROUP_SALT_BYTES).fill(7);
const dm: RoomKind = { kind: "dm", users: ["@bo:b.test", "@ada:a.test"] };

Deno.test("a DM's group names its two users, in either order, and nobody else's room", () => {
  const id = makeGroupId("!room", dm, salt);
  const read = readGroupId(id, "!room", ["@ada:a.test", "@bo:b.test", "@eve:e.test"]);
  assert.ok(read !== undefined && sameKind(read, dm));
  assert.equal(readGroupId(id, "!other", ["@ada:a.test", "@bo:b.test"]), undefined);
  assert.equal(readGroupId(id, "!room", ["@ada:a.test", "@eve:e.test"]), undefined);
  assert.equal(belongs(read, "@eve:e.test"), false);
  assert.equal(belongs(read, "@bo:b.test"), true);
});

Deno.test("a channel's group is no DM's, and a cut id is nobody's", () => {
  const id = makeGroupId("!room", { kind: "channel" }, salt);
  assert.deepEqual(readGroupId(id, "!room", ["@ada:a.test"]), { kind: "channel" });
  assert.equal(readGroupId(id.subarray(1), "!room", []), undefined);
  assert.equal(sameKind({ kind: "channel" }, dm), false);
});
