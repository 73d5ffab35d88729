import assert from "node:assert/strict";
import fc from "fast-check";
import {
  advanceToken,
  decodeSyncToken,
  encodeSyncToken,
  hasRead,
  joinTokens,
  raiseBase,
  type SyncToken,
} from "./sync_token.ts";

const token = fc.record({
  base: fc.nat(5),
  writers: fc.array(fc.tuple(fc.integer({ min: 6, max: 30 }), fc.nat(1_000_000)), { maxLength: 6 }),
}).map(({ base, writers }): SyncToken => ({ instance: "abc", base, positions: new Map(writers) }));
const place = fc.record({
  writerId: fc.integer({ min: 1, max: 30 }),
  position: fc.integer({ min: 1, max: 1_000_000 }),
});

Deno.test("a token's text gives the token back, to its own database alone", () => {
  fc.assert(fc.property(token, (made) => {
    const text = encodeSyncToken(made);
    assert.match(text, /^[0-9A-Za-z.-]+$/);
    assert.deepEqual(decodeSyncToken(text, "abc"), {
      ...made,
      positions: new Map([...made.positions].sort(([a], [b]) => a - b)),
    });
    assert.equal(decodeSyncToken(text, "other"), undefined);
  }));
});

Deno.test("what is no token is refused, and never throws", () => {
  const bad = ["", "abc", "abc.", "abc.0.1", "abc.0.1-", "abc.2.1-5", "abc.0.1-5 ", "abc.-1"];
  const large = `abc.0${".7-1".repeat(40_000)}`;
  for (const text of [...bad, large, "abc.zzzzzzzzzzz", "abc.0.1-zzzzzzzzzzz"]) {
    assert.equal(decodeSyncToken(text, "abc"), undefined, text.slice(0, 40));
  }
  fc.assert(fc.property(fc.string(), (text) => {
    decodeSyncToken(text, "abc");
  }));
});

Deno.test("a joined token has read exactly what either had, and an advanced one no less", () => {
  fc.assert(fc.property(token, token, place, (left, right, at) => {
    assert.equal(hasRead(joinTokens(left, right), at), hasRead(left, at) || hasRead(right, at));
    const advanced = advanceToken(left, at);
    assert.ok(hasRead(advanced, at));
    if (hasRead(left, { ...at, position: at.position + 1 })) assert.equal(advanced, left);
  }));
});

Deno.test("the base rises over closed writers read to their end, and stops at the first other", () => {
  const start: SyncToken = {
    instance: "abc",
    base: 1,
    positions: new Map([[2, 10], [3, 4], [4, 7]]),
  };
  const writer = (writerId: number, closed: boolean, watermark: number) => ({
    writerId,
    closed,
    watermark,
  });
  const raised = raiseBase(start, [writer(2, true, 10), writer(3, true, 4), writer(4, false, 7)]);
  assert.deepEqual([raised.base, [...raised.positions]], [3, [[4, 7]]]);
  const unread = raiseBase(start, [writer(2, true, 11), writer(3, true, 4)]);
  assert.equal(unread, start);
  // A writer that nobody has seen yet (a gap in the numbers) holds the base.
  assert.equal(raiseBase(start, [writer(3, true, 4)]), start);
});
