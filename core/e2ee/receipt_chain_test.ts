import assert from "node:assert/strict";
import type { Receipt } from "../api/e2ee_groups.ts";
import { goesBefore, hashReceipt, ordererOf, presentOrder, readOrders } from "./receipt_chain.ts";

const FIRST = "one.test";

function receipt(given: Partial<Receipt>): Receipt {
  return {
    group: "g",
    room: "!r",
    term: 0,
    base_epoch: 4,
    commit_hash: "c",
    auth_hash: "a",
    prev_receipt: null,
    ts: 1,
    by: FIRST,
    successors: ["two.test", "three.test"],
    key: "k",
    sig: "s",
    ...given,
  };
}

function takeOver(former: Receipt, given: Partial<Receipt> = {}) {
  const first = receipt({
    term: former.term + 1,
    base_epoch: former.base_epoch + 1,
    prev_receipt: hashReceipt(former),
    by: "two.test",
    successors: ["three.test"],
    ...given,
  });
  return { former, first };
}

Deno.test("who ordered a group follows from its take-overs, one after the other", () => {
  const one = takeOver(receipt({}));
  const later = receipt({ ...one.first, base_epoch: 9, term: 3 });
  const two = takeOver(later, { by: "three.test" });
  const orders = readOrders(FIRST, later, [one, two]);
  assert.ok(orders);
  assert.deepEqual([0, 1, 3, 4].map((term) => ordererOf(orders, term)), [
    FIRST,
    "two.test",
    "two.test",
    "three.test",
  ]);
  assert.deepEqual(presentOrder(orders), { sequencer: "three.test", term: 4, epoch: 10 });
  assert.deepEqual(presentOrder(readOrders(FIRST, later, []) ?? assert.fail()).sequencer, FIRST);
});

Deno.test("a take-over that its predecessor did not sign for is none", () => {
  const former = receipt({});
  const fine = takeOver(former);
  const refused = {
    "named by nobody": takeOver(former, { by: "four.test" }),
    "where nobody was named": takeOver(receipt({ successors: [] })),
    "of a receipt without a line": takeOver((({ successors: _, ...rest }) => rest)(former)),
    "over more than one term": takeOver(former, { term: 2 }),
    "in the same term": takeOver(former, { term: 0 }),
    "after another receipt": takeOver(former, { prev_receipt: "another" }),
    "with a gap": takeOver(former, { base_epoch: 6 }),
    "of another room": takeOver(receipt({ room: "!other" })),
    "of another group": takeOver(former, { group: "other" }),
    "of oneself": takeOver(receipt({ successors: [FIRST] }), { by: FIRST }),
  };
  for (const [what, each] of Object.entries(refused)) {
    assert.equal(readOrders(FIRST, former, [each]), undefined, what);
  }
  // The second one goes on from the second server, not from the first once more.
  const again = takeOver(receipt({ base_epoch: 8, term: 1 }), { by: "three.test" });
  assert.equal(readOrders(FIRST, former, [fine, again]), undefined);
});

Deno.test("of two servers that took over in one term the lower name counts, and the higher term always", () => {
  const at = (sequencer: string, term: number) => ({ sequencer, term });
  assert.ok(goesBefore(at("two.test", 2), at("one.test", 1)));
  assert.ok(!goesBefore(at("one.test", 1), at("two.test", 2)));
  assert.ok(goesBefore(at("three.test", 2), at("two.test", 2)));
  assert.ok(!goesBefore(at("two.test", 2), at("two.test", 2)));
});
