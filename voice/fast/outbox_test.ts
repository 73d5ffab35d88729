import assert from "node:assert/strict";
import { limits } from "../../core/limits.ts";
import { pinned, placeOf } from "./datagrams.ts";
import { Outbox } from "./outbox.ts";

const { maxSendsInFlight, maxSendQueue } = limits.voice;
const name = pinned(32);
const to = placeOf(name.address, 0);

/** An outbox whose system takes at most `takes()` datagrams of a call; -1 is none before it has room. */
function openOutbox(takes: (count: number) => number) {
  const sizes: number[] = [];
  const outbox = new Outbox(16, (_headers, count) => {
    const sent = takes(count);
    sizes.push(count);
    return { sent: Math.max(0, sent), isFull: sent < 0 };
  });
  const put = () => outbox.push({ buffer: outbox.take(), length: 1, to });
  return { outbox, sizes, put };
}

Deno.test("a bounded number is handed over at a time; of what waits too long the oldest makes room", () => {
  let isFull = true;
  const { outbox, sizes, put } = openOutbox((count) => isFull ? -1 : count);
  for (let each = 0; each < maxSendQueue + 10; each++) put();
  assert.equal(outbox.flush(), true);
  assert.deepEqual([outbox.waiting, outbox.dropped], [maxSendQueue, 10]);
  isFull = false;
  assert.equal(outbox.flush(), false);
  assert.deepEqual([outbox.waiting, outbox.dropped], [0, 10]);
  assert.deepEqual(
    sizes.slice(1),
    Array.from({ length: maxSendQueue / maxSendsInFlight }, () => maxSendsInFlight),
  );
});

Deno.test("what the system refuses is lost, and the rest goes on behind it", () => {
  // It takes two, refuses the third, and takes the rest.
  const answers = [2, 0, 5];
  const { outbox, sizes, put } = openOutbox(() => answers.shift() ?? 0);
  for (let each = 0; each < 8; each++) put();
  assert.equal(outbox.flush(), false);
  assert.deepEqual(sizes, [8, 6, 5]);
  assert.deepEqual([outbox.waiting, outbox.dropped], [0, 1]);
});

Deno.test("buffers are used again, and each keeps to its own place", () => {
  const { outbox, put } = openOutbox((count) => count);
  const first = outbox.take();
  const second = outbox.take();
  assert.notEqual(first.byteOffset, second.byteOffset);
  assert.equal(first.length, limits.voice.maxDatagramBytes);
  outbox.push({ buffer: first, length: 1, to });
  outbox.flush();
  assert.equal(outbox.take(), first);
  for (let each = 0; each < 3 * maxSendQueue; each++) {
    put();
    outbox.flush();
  }
  assert.equal(outbox.dropped, 0);
});
