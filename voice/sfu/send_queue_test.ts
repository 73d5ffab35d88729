import assert from "node:assert/strict";
import { limits } from "../../core/limits.ts";
import { type DatagramSink, SendQueue } from "./send_queue.ts";

type Done = Parameters<DatagramSink["send"]>[5];

Deno.test("a socket that is slow gets a bounded number at a time, and the newest of what waits", () => {
  const sent: number[] = [];
  const waiting: Done[] = [];
  const queue = new SendQueue({
    send(data, _offset, length, _port, _address, done) {
      assert.equal(length, 2);
      sent.push((data[0] ?? 0) * 256 + (data[1] ?? 0));
      waiting.push(done);
    },
  });
  const { maxSendsInFlight, maxSendQueue } = limits.voice;
  const extra = 10;
  const total = maxSendsInFlight + maxSendQueue + extra;
  for (let at = 0; at < total; at++) {
    const buffer = queue.take();
    buffer.writeUInt16BE(at, 0);
    queue.push(buffer, 2, 1, "127.0.0.1");
  }
  assert.equal(sent.length, maxSendsInFlight);
  assert.equal(queue.dropped, extra);
  for (let done = waiting.shift(); done !== undefined; done = waiting.shift()) done(null, 2);
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
  assert.deepEqual(sent, [
    ...range(0, maxSendsInFlight),
    ...range(maxSendsInFlight + extra, total),
  ]);
  assert.equal(queue.sentBytes, sent.length * 2);
});

Deno.test("what could not be sent is counted, and nothing leaves a closed queue", () => {
  const waiting: Done[] = [];
  const queue = new SendQueue({ send: (...args) => waiting.push(args[5]) });
  for (let at = 0; at <= limits.voice.maxSendsInFlight; at++) {
    queue.push(queue.take(), 1, 1, "127.0.0.1");
  }
  waiting[0]?.(new Error("unreachable"), 0);
  assert.equal(queue.dropped, 1);
  assert.equal(waiting.length, limits.voice.maxSendsInFlight + 1, "the next one follows");
  queue.close();
  queue.push(queue.take(), 1, 1, "127.0.0.1");
  for (const done of waiting.slice(1)) done(null, 1);
  assert.equal(waiting.length, limits.voice.maxSendsInFlight + 1);
});
