import assert from "node:assert/strict";
import { bitsOf } from "../../../core/permissions/bits.ts";
import { diffBits, diffEntries, withEntry } from "./rights_diff.ts";

Deno.test("entries differ right by right, in the order settings show them", () => {
  const before = { allow: bitsOf("PIN"), deny: bitsOf("SEND") };
  const after = { allow: bitsOf("SEND"), deny: bitsOf("VIEW_CHANNEL") };
  assert.deepEqual(diffEntries(before, after), [
    { right: "VIEW_CHANNEL", from: "inherit", to: "deny" },
    { right: "SEND", from: "deny", to: "allow" },
    { right: "PIN", from: "allow", to: "inherit" },
  ]);
  assert.deepEqual(diffEntries(before, before), []);
});

Deno.test("bits that were given and taken; bits without a name say nothing", () => {
  const unnamed = 1n << 100n;
  assert.deepEqual(
    diffBits(bitsOf("SEND", "KICK"), bitsOf("KICK", "BAN") | unnamed),
    { given: ["BAN"], taken: ["SEND"] },
  );
});

Deno.test("an entry that says nothing is none", () => {
  const entry = (target: string, deny = "4") => ({ target, allow: "0", deny });
  const held = [entry("everyone"), entry("role")];
  assert.deepEqual(withEntry(held, entry("role", "0")), [entry("everyone")]);
  assert.deepEqual(withEntry(held, entry("everyone", "1")), [
    entry("role"),
    entry("everyone", "1"),
  ]);
  assert.deepEqual(withEntry([], entry("role")), [entry("role")]);
});
