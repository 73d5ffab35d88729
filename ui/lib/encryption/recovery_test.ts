import assert from "node:assert/strict";
import { askedGroups, groupsOf, isGroup, passphraseFault, recoveryOf } from "./recovery.ts";

const KEY = "EsTc 5rr1 JpGd 9xQk Wm3z h8Yv Lt2P oNfa Rb7u 6eSX Kc4J";

Deno.test("recovery is full only with two ways, and a passkey alone is none", () => {
  assert.equal(recoveryOf([]), "none");
  assert.equal(recoveryOf(["passkey"]), "none");
  assert.equal(recoveryOf(["recovery_key", "passkey"]), "half");
  assert.equal(recoveryOf(["passphrase"]), "half");
  assert.equal(recoveryOf(["passphrase", "recovery_key"]), "full");
});

Deno.test("two different inner groups are asked for, whatever chance says", () => {
  const count = groupsOf(KEY).length;
  const seen = new Set<number>();
  for (let one = 0; one < 256; one += 5) {
    for (let two = 0; two < 256; two += 3) {
      const [first, second] = askedGroups(count, Uint8Array.of(one, two));
      assert.ok(first >= 2 && first < second && second <= count - 1, `${first}, ${second}`);
      seen.add(first).add(second);
    }
  }
  assert.equal(seen.size, count - 2);
});

Deno.test("a group is taken with spaces around it, and only as it was written", () => {
  assert.ok(isGroup(KEY, 2, " 5rr1 "));
  assert.ok(!isGroup(KEY, 2, "5RR1"));
  assert.ok(!isGroup(KEY, 3, "5rr1"));
  assert.ok(!isGroup(KEY, 12, ""));
});

Deno.test("a passphrase is long, of more than digits, and typed twice alike", () => {
  assert.equal(passphraseFault("short", "short"), "short");
  assert.equal(passphraseFault("1234 5678 9012", "1234 5678 9012"), "isPassword");
  assert.equal(passphraseFault("aaaaaaaaaaaaaa", "aaaaaaaaaaaaaa"), "isPassword");
  assert.equal(passphraseFault("moss on the north side", "moss on the south side"), "unequal");
  assert.equal(passphraseFault("moss on the north side", "moss on the north side"), undefined);
});
