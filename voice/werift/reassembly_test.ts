import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { limits } from "../../core/limits.ts";
import { Reassembly } from "./reassembly.ts";
import type { Fragment } from "./records.ts";

const MESSAGES = [1400, 0, 300, 77].map((length, sequence) => ({
  type: 10 + sequence,
  sequence,
  body: Buffer.from(Array.from({ length }, (_, at) => (at * 7 + sequence) & 0xff)),
}));

/** A message cut at some places, each piece perhaps longer than needed. */
function cut(message: (typeof MESSAGES)[number], cuts: readonly number[], overlap: number) {
  const { type, sequence, body } = message;
  const places = [0, ...cuts.map((place) => place % (body.length + 1)).sort((a, b) => a - b)];
  return places.map((offset, at): Fragment => ({
    type,
    sequence,
    length: body.length,
    offset,
    body: body.subarray(offset, (places[at + 1] ?? body.length) + overlap),
  }));
}

function takeAll(reassembly: Reassembly) {
  const taken = [];
  for (let each = reassembly.take(); each !== undefined; each = reassembly.take()) taken.push(each);
  return taken;
}

Deno.test("messages come out whole, once and in order, whatever pieces arrive in whatever order", () => {
  const cuts = fc.array(fc.nat(2000), { maxLength: 6 });
  const shape = fc.record({
    cuts: fc.array(cuts, { minLength: 4, maxLength: 4 }),
    overlap: fc.nat(40),
  });
  fc.assert(
    fc.property(shape, fc.infiniteStream(fc.nat(1000)), (plan, order) => {
      const pieces = MESSAGES.flatMap((each, at) => cut(each, plan.cuts[at] ?? [], plan.overlap));
      const twice = [...pieces, ...pieces]
        .map((piece) => ({ piece, key: order.next().value ?? 0 }))
        .sort((a, b) => a.key - b.key);
      const reassembly = new Reassembly();
      const taken = twice.flatMap(({ piece }) => {
        reassembly.add(piece);
        return takeAll(reassembly);
      });
      assert.deepEqual(taken, MESSAGES);
    }),
    { numRuns: 60 },
  );
});

Deno.test("what contradicts itself, is too long or too far ahead is left out", () => {
  const reassembly = new Reassembly();
  const piece = { type: 1, sequence: 0, length: 4, offset: 0, body: Buffer.from("ab") };
  reassembly.add(piece);
  reassembly.add({ ...piece, length: 2 });
  reassembly.add({ ...piece, type: 2, offset: 2 });
  reassembly.add({ ...piece, sequence: limits.voice.maxHandshakeAhead });
  reassembly.add({ ...piece, sequence: 1, length: limits.voice.maxHandshakeBytes + 1 });
  assert.deepEqual(takeAll(reassembly), []);
  reassembly.add({ ...piece, offset: 2, body: Buffer.from("cd") });
  assert.deepEqual(takeAll(reassembly).map(({ body }) => body.toString()), ["abcd"]);
  assert.equal(reassembly.next, 1);
});

Deno.test("pieces of one byte do not pile up", () => {
  const reassembly = new Reassembly();
  const body = Buffer.alloc(limits.voice.maxHandshakeBytes, 7);
  for (let offset = 0; offset < body.length; offset += 2) {
    reassembly.add({
      type: 1,
      sequence: 0,
      length: body.length,
      offset,
      body: body.subarray(0, 1),
    });
  }
  reassembly.add({ type: 1, sequence: 0, length: body.length, offset: 0, body });
  assert.equal(takeAll(reassembly).length, 1, "the whole still comes through");
});
