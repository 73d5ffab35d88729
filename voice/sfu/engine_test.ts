import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createSocket } from "node:dgram";
import { limits } from "../../core/limits.ts";
import { freePort } from "../../scripts/lib/free_port.ts";
import { fastEngine, testOnEach } from "../../tests/harness/engines.ts";
import { seededRandom } from "../../tests/harness/seeded_random.ts";
import { waitFor } from "../../tests/harness/wait_for.ts";
import type { UdpSocket } from "./engine.ts";
import { stockEngine } from "./stock_engine.ts";

interface Came {
  readonly data: Buffer;
  readonly address: string;
  readonly port: number;
}

/** What comes, copied: sockets may write over what they have given. */
function gather(socket: UdpSocket): Came[] {
  const came: Came[] = [];
  socket.onDatagram((data, address, port) => came.push({ data: Buffer.from(data), address, port }));
  return came;
}

function send(from: UdpSocket, to: UdpSocket, data: Buffer): void {
  const route = from.routeTo(to.hostname, to.port);
  const out = route.take();
  route.send(out, data.copy(out));
}

/** The first that a socket of Deno's sends in one turn leaves in any order: one goes ahead. */
async function warmUp(from: UdpSocket, to: UdpSocket, came: Came[]): Promise<void> {
  send(from, to, Buffer.from("first"));
  await waitFor("the first", () => came.length === 1);
  came.pop();
}

for (const hostname of ["127.0.0.1", "::1"]) {
  testOnEach(`sockets carry datagrams of any length in order at ${hostname}`, async (engine) => {
    await using ann = await engine.bindUdp(hostname, 0);
    await using ben = await engine.bindUdp(hostname, 0);
    const [atAnn, atBen] = [gather(ann), gather(ben)];
    await warmUp(ann, ben, atBen);
    const sizes = [0, 1, 12, 100, limits.voice.maxDatagramBytes];
    for (const size of sizes) send(ann, ben, Buffer.alloc(size, size));
    await waitFor("all of them", () => atBen.length === sizes.length);
    assert.deepEqual(
      atBen,
      sizes.map((size) => ({ data: Buffer.alloc(size, size), address: hostname, port: ann.port })),
    );
    send(ben, ann, Buffer.from("back"));
    await waitFor("an answer", () => atAnn.length === 1);
    assert.equal(atAnn[0]?.data.toString(), "back");
  });
}

testOnEach(
  "more than a call of the system takes leaves in the order in which it was sent",
  async (engine) => {
    await using from = await engine.bindUdp("127.0.0.1", 0);
    await using to = await engine.bindUdp("127.0.0.1", 0);
    const came = gather(to);
    await warmUp(from, to, came);
    const count = limits.voice.maxSendsInFlight * 3 + 7;
    for (let each = 0; each < count; each++) send(from, to, Buffer.from([each >> 8, each & 0xff]));
    await waitFor("all of them", () => came.length === count);
    assert.deepEqual(
      came.map(({ data }) => data.readUInt16BE(0)),
      Array.from({ length: count }, (_, each) => each),
    );
    assert.equal(from.dropped, 0);
  },
);

testOnEach("a datagram that is too long is seen to be so", async (engine) => {
  await using to = await engine.bindUdp("127.0.0.1", 0);
  const came = gather(to);
  const from = createSocket("udp4");
  for (const size of [limits.voice.maxDatagramBytes + 1, 9000]) {
    from.send(Buffer.alloc(size), to.port, "127.0.0.1");
  }
  await waitFor("both", () => came.length === 2);
  assert.ok(came.every(({ data }) => data.length > limits.voice.maxDatagramBytes));
  await new Promise<void>((resolve) => from.close(() => resolve()));
});

testOnEach("what cannot leave is counted and holds nothing up", async (engine) => {
  await using from = await engine.bindUdp("127.0.0.1", 0);
  await using to = await engine.bindUdp("127.0.0.1", 0);
  const came = gather(to);
  // No socket may send there: it is an address of whole networks.
  const nowhere = from.routeTo("255.255.255.255", 9);
  await warmUp(from, to, came);
  send(from, to, Buffer.from("before"));
  nowhere.send(nowhere.take(), 4);
  send(from, to, Buffer.from("after"));
  await waitFor("both", () => came.length === 2);
  await waitFor("the one between to be counted", () => from.dropped === 1);
});

testOnEach(
  "a port that is taken is refused with what the system says; then it is free again",
  async (engine) => {
    const port = freePort();
    {
      await using first = await engine.bindUdp("127.0.0.1", port);
      assert.equal(first.port, port);
      await assert.rejects(engine.bindUdp("127.0.0.1", port), /in use|EADDRINUSE/i);
      // The families share nothing.
      await using sixth = await engine.bindUdp("::1", port);
      assert.equal(sixth.port, port);
    }
    await using again = await engine.bindUdp("127.0.0.1", port);
    assert.equal(again.port, port);
  },
);

testOnEach("nothing leaves a closed socket, and nothing comes by it", async (engine) => {
  await using to = await engine.bindUdp("127.0.0.1", 0);
  const came = gather(to);
  const closed = await engine.bindUdp("127.0.0.1", 0);
  const atClosed = gather(closed);
  send(to, closed, Buffer.from("in time or not"));
  await closed[Symbol.asyncDispose]();
  const before = atClosed.length;
  send(closed, to, Buffer.from("late"));
  await using other = await engine.bindUdp("127.0.0.1", 0);
  send(other, to, Buffer.from("the end"));
  await waitFor("the end", () => came.length > 0);
  assert.deepEqual([came[0]?.data.toString(), atClosed.length], ["the end", before]);
});

testOnEach(
  "packets of every length open again, and with the other cipher; forged ones do not",
  ({ aead }) => {
    const random = seededRandom(7714);
    const noise = (length: number) =>
      Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
    for (const length of [0, 1, 15, 16, 17, 100, 700, 1400]) {
      const [key, nonce, known, plain] = [
        noise(16),
        noise(12),
        noise(12 + length % 9),
        noise(length),
      ];
      const out = Buffer.alloc(length + 20, 0xee);
      aead.seal(key, nonce, known, plain, out);
      assert.equal(
        out.toString("hex", length + 16),
        "eeeeeeee",
        "nothing is written behind the tag",
      );
      const sealed = out.subarray(0, length + 16);
      for (const other of [aead, stockEngine.aead, fastEngine.aead]) {
        assert.ok(other.open(key, nonce, known, sealed)?.equals(plain));
      }
      for (const at of [0, length, length + 15]) {
        const forged = Buffer.from(sealed);
        forged.writeUInt8(forged.readUInt8(at) ^ 0x80, at);
        assert.equal(aead.open(key, nonce, known, forged), undefined);
      }
      assert.equal(aead.open(key, nonce, Buffer.concat([known, known]), sealed), undefined);
      assert.equal(aead.open(noise(16), nonce, known, sealed), undefined);
      assert.ok(aead.open(key, nonce, known, sealed)?.equals(plain), "after forgeries");
    }
  },
);
