import assert from "node:assert/strict";
import type { UserId } from "../ids/user_id.ts";
import { roomCode, userCode } from "./safety_number.ts";

Deno.test("a room's code is 30 digits that hang on the epoch alone", () => {
  const code = roomCode(new Uint8Array(32).fill(1));
  assert.match(code, /^\d{5}( \d{5}){5}$/);
  assert.equal(code, roomCode(new Uint8Array(32).fill(1)));
  assert.notEqual(code, roomCode(new Uint8Array(32).fill(2)));
});

Deno.test("two users see the same 60 digits, and others for any other key", () => {
  const alice = { user: "@alice:example.com" as UserId, msk: new Uint8Array(32).fill(1) };
  const bob = { user: "@bob:example.org" as UserId, msk: new Uint8Array(32).fill(2) };
  const code = userCode(alice, bob);
  assert.match(code, /^\d{5}( \d{5}){11}$/);
  assert.equal(code, userCode(bob, alice));
  assert.notEqual(code, userCode(alice, { ...bob, msk: new Uint8Array(32).fill(3) }));
  assert.notEqual(code, userCode({ ...alice, user: bob.user }, { ...bob, user: alice.user }));
});
