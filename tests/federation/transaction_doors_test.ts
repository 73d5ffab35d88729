/** Transactions and requests of a hostile server, as requests: repeated, mixed, too many, false. */
import assert from "node:assert/strict";
import { getEvents, missingEvents } from "../../core/api/federation/events.ts";
import { getHeads } from "../../core/api/federation/events.ts";
import type { HeldEvent } from "../../core/event/event.ts";
import type { JsonValue } from "../../core/event/json.ts";
import { eventIdFromHash } from "../../core/ids/event_id.ts";
import { waitFor } from "../harness/wait_for.ts";
import { Guest } from "./guest.ts";
import { HostilePeer } from "./hostile_peer.ts";
import { assertNotShown, openSiege, type Siege, untilShown } from "./siege.ts";
import { wire } from "./shadow_room.ts";

let siege: Siege;
let guest: Guest;
let fair: HostilePeer;
Deno.test.beforeAll(async () => {
  fair = HostilePeer.start("fair.test", 5);
  siege = await openSiege({ peers: [fair.address] });
  guest = await siege.enter();
});
Deno.test.afterAll(async () => {
  await siege[Symbol.asyncDispose]();
  await fair[Symbol.asyncDispose]();
});

const word = (text: string) => `${text} ${crypto.randomUUID()}`;
const orphanOf = async () => {
  const nowhere = eventIdFromHash(crypto.getRandomValues(new Uint8Array(32)));
  const draft = { type: "m.member.profile", stateKey: guest.user, content: { nickname: "o" } };
  return await guest.make({ ...draft, prev: [nowhere], auth: [nowhere] });
};

Deno.test("A31 transaction replay, TestTxnIdempotency: the same again is answered alike and applied once; another body is a conflict", async () => {
  const body = word("once");
  const message = await guest.say(siege.general, body);
  const transaction = { txn_id: "same", pdus: [wire(message)] };
  const first = await guest.transact(transaction);
  const again = await guest.transact(transaction);
  assert.equal(first.status, 200);
  assert.deepEqual(again.body, first.body);
  const other = await guest.transact({ ...transaction, pdus: [] });
  assert.equal(other.status, 409);
  guest.room.learn(message);
  await untilShown(siege, body);
  assert.equal((await siege.shown()).filter((shown) => shown === body).length, 1);
  // In another transaction: known already.
  assert.deepEqual((await guest.push([message])).map(({ outcome }) => outcome), ["accepted"]);
  assert.equal((await siege.shown()).filter((shown) => shown === body).length, 1);
});

Deno.test("a request that is sent again, byte for byte, is refused: its nonce is spent", async () => {
  const params = guest.peer.params();
  const ask = () => guest.peer.call(siege.victim, getHeads, { room_id: siege.roomId }, { params });
  assert.equal((await ask()).status, 200);
  assert.equal((await ask()).status, 401);
});

Deno.test("G14 at the door: a request with one component changed after it was signed is refused", async () => {
  const request = { txn_id: "changed", origin: guest.peer.name, pdus: [], edus: [] };
  const path = `/_federation/send/${request.txn_id}`;
  const body = new TextEncoder().encode(
    JSON.stringify({ origin: "evil.test", pdus: [], edus: [] }),
  );
  const send = (parts: Parameters<HostilePeer["send"]>[2]) =>
    guest.peer.send(siege.victim.url, siege.victim.name, { target: path, body, ...parts });
  assert.equal((await send({})).status, 200);
  const longer = new TextEncoder().encode(JSON.stringify({ origin: "evil.test", pdus: [], x: 1 }));
  const changes: Parameters<HostilePeer["send"]>[2][] = [
    { afterwards: () => ({ target: `${path}x` }) },
    { afterwards: () => ({ target: `${path}?a=b` }) },
    { afterwards: () => ({ body: longer }) },
    { afterwards: ({ headers }) => headers.set("og-destination", "two.test") },
    { destination: "two.test" },
    { afterwards: ({ headers }) => headers.set("content-digest", "sha-256=:AAAA:") },
    { afterwards: ({ headers }) => headers.delete("signature") },
    { components: ["@method", "@authority", "@path", "@query", "og-destination"] },
    { components: ["@method", "@path", "@query", "content-digest", "og-destination"] },
    { params: guest.peer.params({ replace: { created: "1" } }) },
    { params: guest.peer.params({ replace: { alg: '"rsa-v1_5-sha256"' } }) },
    { params: guest.peer.params({ replace: { tag: '"other"' } }) },
    { params: guest.peer.params({ replace: { keyid: '"one.test ed25519:abc"' } }) },
    { params: guest.peer.params({ replace: { nonce: undefined } }) },
  ];
  for (const [at, change] of changes.entries()) {
    const { status } = await send(change);
    assert(status === 400 || status === 401, `change ${at}: ${status}`);
  }
});

Deno.test("TestInboundFederationKeys: the key document is self-signed, and lists the key that signs", async () => {
  const response = await fetch(`${siege.server.url}/.well-known/openguild/keys`);
  const document = await response.json();
  assert.equal(document.server, "one.test");
  assert(document.keys.length > 0 && Object.keys(document.signatures).length > 0);
});

Deno.test("A17 expired or known-weak key: neither opens the door", async () => {
  const day = 86_400_000;
  const now = Date.now();
  const expired = guest.peer.addKey({ from: now - 10 * day, until: now - day });
  const future = guest.peer.addKey({ from: now + day, until: now + 2 * day });
  // The private key of RFC 8032's first test: everybody has it.
  const printed = guest.peer.addKey(
    { from: now - day, until: now + day },
    Uint8Array.fromHex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"),
  );
  guest.peer.keys.push(guest.peer.keys[0] as typeof expired);
  for (const signer of [expired, future, printed]) {
    const { status } = await guest.peer.call(siege.victim, getHeads, { room_id: siege.roomId }, {
      signer,
      params: guest.peer.params({ signer }),
    });
    assert.equal(status, 401);
  }
});

Deno.test("G19: some bad of fifty, in any place: every good one is applied exactly once", async () => {
  for (let round = 0; round < 8; round++) {
    const good: HeldEvent[] = [];
    const pdus: JsonValue[] = [];
    const bad = 1 + guest.peer.rng.below(10);
    while (pdus.length < 50) {
      const message = await guest.say(siege.general, word(`round ${round}`));
      if (pdus.length % Math.floor(50 / bad) === 0) {
        const kinds: JsonValue[] = [
          null,
          { ...wire(message) as object, sender: "@ann:one.test" } as JsonValue,
          { ...wire(message) as object, signatures: {} } as JsonValue,
          wire(await orphanOf()),
          wire(await guest.make({ type: "m.guild.meta", stateKey: "", content: { name: "x" } })),
          [],
        ];
        pdus.push(kinds[guest.peer.rng.below(kinds.length)] as JsonValue);
        continue;
      }
      good.push(message);
      pdus.push(wire(message));
    }
    const { status, body } = await guest.transact({ pdus });
    assert.equal(status, 200);
    assert.equal(body.results.length, 50);
    for (const { id } of good) {
      const results = body.results.filter((result: { event_id?: string }) =>
        result.event_id === id
      );
      assert.deepEqual(results.map((result: { outcome: string }) => result.outcome), ["accepted"]);
    }
    const shown = await siege.shown();
    for (const { pdu } of good) {
      assert.equal(shown.filter((text) => text === pdu.content["body"]).length, 1);
    }
  }
});

Deno.test("Server correctly handles transactions that break edu limits", async () => {
  const edu = { type: "m.typing", content: { room_id: siege.roomId } };
  const tooMany = await guest.transact({ edus: Array(101).fill(edu) });
  assert.equal(tooMany.status, 400);
  const tooManyEvents = await guest.transact({ pdus: Array(51).fill({}) });
  assert.equal(tooManyEvents.status, 400);
  const body = word("beside a huge edu");
  const message = await guest.say(siege.general, body);
  const { status } = await guest.transact({
    pdus: [wire(message)],
    edus: [{ type: "m.typing", content: { padding: "x".repeat(9000) } }],
  });
  assert.equal(status, 200);
  await untilShown(siege, body);
});

Deno.test("a transaction in another server's name is refused whole", async () => {
  const body = word("in another name");
  const reply = await guest.transact({
    origin: "fair.test",
    pdus: [wire(await guest.say(siege.general, body))],
  });
  assert(reply.status >= 400 && reply.status < 500, `${reply.status}`);
  await assertNotShown(siege, body);
});

Deno.test("A24 lock starvation: a server whose events wait for answers that never come keeps nobody else waiting", async () => {
  const honest = await siegeGuest();
  let hung = 0;
  for (const path of [getEvents.path, missingEvents.path]) {
    guest.peer.answers.set(path, () => {
      hung++;
      return new Promise<never>(() => {});
    });
  }
  const stuck = await Promise.all(
    Array.from(
      { length: 40 },
      async () => await guest.transact({ pdus: [wire(await orphanOf())] }),
    ),
  );
  assert(stuck.every(({ status }) => status === 200 || status === 429));
  // Who waits is looked for after the answer: it hangs before the honest one comes.
  await waitFor("the hostile server to be asked", () => hung > 0);
  const body = word("meanwhile");
  const [result] = await honest.push([await honest.say(siege.general, body)]);
  assert.equal(result?.outcome, "accepted");
  await untilShown(siege, body);
  await siege.owner.do("PATCH", `/guilds/${siege.roomId}`, { name: "Meanwhile" });
});

/** A user of the fair server, who obeys all rules. */
async function siegeGuest(): Promise<Guest> {
  return await Guest.enter(fair, siege.victim, await siege.link(), "frank");
}
