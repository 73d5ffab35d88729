import assert from "node:assert/strict";
import { WireGate } from "./wire_gate.ts";

const encoder = new TextEncoder();

function message(kind: string, text: string): Uint8Array {
  const body = encoder.encode(`${text}\0`);
  const bytes = new Uint8Array(5 + body.length);
  bytes[0] = kind.charCodeAt(0);
  new DataView(bytes.buffer).setInt32(1, 4 + body.length);
  bytes.set(body, 5);
  return bytes;
}

function startup(): Uint8Array {
  const bytes = new Uint8Array(9);
  new DataView(bytes.buffer).setInt32(0, 9);
  new DataView(bytes.buffer).setInt32(4, 196_608);
  return bytes;
}

const ready = (status: "I" | "T") => new Uint8Array([0x5a, 0, 0, 0, 5, status.charCodeAt(0)]);

/** A backend that notes what it is asked, and knows `begin`, `commit` and `rollback`. */
function openGate(sleep: (ms: number, signal: AbortSignal) => Promise<void>) {
  const asked: string[] = [];
  let inTransaction = false;
  const gate = new WireGate({
    idleInTransactionMs: 5,
    sleep,
    run: async (messages) => {
      await Promise.resolve();
      const text = new TextDecoder().decode(messages).replace(/[^a-z0-9 ]/g, "");
      asked.push(text);
      if (text.includes("begin")) inTransaction = true;
      if (/commit|rollback/.test(text)) inTransaction = false;
      return ready(inTransaction ? "T" : "I");
    },
  });
  const connect = () => {
    const client = { answers: 0, putOut: false };
    const wire = gate.connect(() => client.answers++, () => client.putOut = true);
    wire.push(startup());
    return Object.assign(client, { say: (text: string) => wire.push(message("Q", text)), wire });
  };
  return { asked, connect };
}

const never = () => new Promise<void>(() => {});
const turns = async () => {
  for (let n = 0; n < 50; n++) await Promise.resolve();
};

Deno.test("nobody comes between the statements of a transaction", async () => {
  const { asked, connect } = openGate(never);
  const [left, right] = [connect(), connect()];
  await turns();
  asked.length = 0;
  left.say("begin");
  await turns();
  right.say("other");
  left.say("inside");
  await turns();
  assert.deepEqual(asked, ["begin", "inside"]);
  left.say("commit");
  await turns();
  assert.deepEqual(asked, ["begin", "inside", "commit", "other"]);
  assert.deepEqual([left.answers, right.answers], [4, 2]);
});

Deno.test("a message that comes in pieces is run once it is whole", async () => {
  const { asked, connect } = openGate(never);
  const client = connect();
  await turns();
  asked.length = 0;
  for (const byte of message("Q", "slow")) client.wire.push(new Uint8Array([byte]));
  await turns();
  assert.deepEqual(asked.length, 1);
  assert.match(asked[0] ?? "", /slow/);
});

Deno.test("a client that leaves inside a transaction is rolled back", async () => {
  const { asked, connect } = openGate(never);
  const [left, right] = [connect(), connect()];
  left.say("begin");
  await turns();
  left.wire.end();
  right.say("other");
  await turns();
  assert.match(asked.at(-2) ?? "", /rollback/);
  assert.equal(asked.at(-1), "other");
});

Deno.test("who keeps others waiting inside a transaction is put out; alone he may stay", async () => {
  const alarms: (() => void)[] = [];
  const { asked, connect } = openGate(() => new Promise((resolve) => alarms.push(resolve)));
  const left = connect();
  left.say("begin");
  await turns();
  assert.equal(alarms.length, 0);
  const right = connect();
  await turns();
  assert.equal(alarms.length, 1);
  assert.equal(left.putOut, false);
  alarms[0]?.();
  await turns();
  right.say("other");
  await turns();
  assert.equal(left.putOut, true);
  assert.equal(asked.at(-1), "other");
  assert.ok(asked.some((text) => text.includes("rollback")));
});

Deno.test("a client that does not speak the protocol is put out", async () => {
  const { asked, connect } = openGate(never);
  const client = connect();
  await turns();
  asked.length = 0;
  client.wire.push(encoder.encode("GET / HTTP/1.1\r\n\r\n"));
  await turns();
  assert.equal(client.putOut, true);
  assert.deepEqual(asked, []);
});
