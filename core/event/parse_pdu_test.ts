import assert from "node:assert/strict";
import { casesOf } from "../../tests/harness/cases.ts";
import {
  keyPairOf,
  makeControlEvent,
  makeTimelineEvent,
  pduBytes,
  TEST_TS,
  testServer,
  userId,
  verifyContext,
} from "../../tests/harness/events.ts";
import { seededRng } from "../../tests/harness/seeded_rng.ts";
import { mutatePdu } from "../../tests/vectors/mutate_pdu.ts";
import { roomIdFromHash } from "../ids/room_id.ts";
import type { UserId } from "../ids/user_id.ts";
import { encodePublicKey } from "../keys/key_entry.ts";
import { buildControlEvent } from "./build.ts";
import type { HeldEvent } from "./event.ts";
import { eventCore } from "./hash.ts";
import { identityBytes } from "./identity.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import { parseJson } from "./json_parse.ts";
import { writeCanonical } from "./json_write.ts";
import { parsePdu, parsePduValue, type PduOutcome } from "./parse_pdu.ts";
import { redactEvent } from "./redact.ts";
import { encodeSignature, signEventHash } from "./sign.ts";
import { verifyEvent, type VerifyEventContext } from "./verify_event.ts";

const server = testServer("example.com");
const other = testServer("other.example", 2);
const encoder = new TextEncoder();
const decoder = new TextDecoder();

function encode(value: unknown): Uint8Array {
  return encoder.encode(JSON.stringify(value));
}

function eventOf(outcome: PduOutcome): HeldEvent {
  assert.ok(outcome.kind === "event", outcome.kind === "drop" ? outcome.message : "");
  return outcome.event;
}

async function sampleEvents(): Promise<HeldEvent[]> {
  const by = { server };
  return [
    await buildControlEvent({
      type: "m.room.create",
      sender: userId("@alice:example.com"),
      originTs: TEST_TS,
      stateKey: "",
      content: {
        room_version: "og1",
        nonce: "8FyqfTvsqV1HMzCTqAENWY",
        kind: "guild",
        federate: true,
      },
      prevEvents: [],
      authEvents: [],
    }, { signer: server.signer, rng: seededRng(3) }),
    await makeTimelineEvent({}, by),
    await makeTimelineEvent({
      content: {
        msgtype: "text",
        body: 'é\n"quoted" 😀',
        mentions: { users: ["@bob:example.com"] },
        relates_to: { kind: "reply", event_id: "$4uQeVj5tqViQh7yWWGStvkEG1Zmhx6uasJtWCJziofM" },
      },
    }, by),
    await makeTimelineEvent({ type: "org.example.custom", content: { x: [1, { y: null }] } }, by),
    await makeControlEvent({
      type: "m.room.member",
      stateKey: "@bob:example.com",
      content: { membership: "ban", reason: "spam" },
    }, by),
    await makeControlEvent({
      type: "m.guild.roles",
      stateKey: "",
      content: { everyone: "7", roles: { mod: { position: 5, bits: "ff" } } },
    }, by),
    await makeControlEvent({ type: "m.merge", content: {} }, by),
  ];
}

Deno.test("events that were built come through every door unchanged", async () => {
  const context = verifyContext(server);
  for (const event of await sampleEvents()) {
    const bytes = pduBytes(event);
    const received = eventOf(parsePdu(bytes, { roomId: event.roomId }));
    assert.equal(received.id, event.id);
    assert.equal(received.withheld, false);
    assert.equal(received.roomId, event.roomId);
    assert.equal(
      writeCanonical(received.pdu as unknown as JsonObject),
      writeCanonical(event.pdu as unknown as JsonObject),
    );
    assert.equal((await verifyEvent(received, context)).kind, "valid");
    const parsed = parseJson(bytes);
    assert.ok(parsed.ok);
    assert.equal(eventOf(parsePduValue(parsed.value)).id, event.id);
    const spaced = encode(JSON.parse(decoder.decode(bytes)));
    assert.equal(eventOf(parsePdu(spaced)).id, event.id);
  }
});

/** What an event means: its core, and its content where that is held. */
function meaning(event: HeldEvent): string {
  const { content, salt } = event.pdu;
  const held: JsonValue = event.withheld ? null : { content, salt: salt ?? "" };
  return writeCanonical({ core: eventCore(event.pdu), held });
}

/** Mutants that a pipeline takes as valid although they mean something else. */
async function forgeries(count: number, context: VerifyEventContext): Promise<string[]> {
  const rng = seededRng(4711);
  const events = await sampleEvents();
  const found: string[] = [];
  const stages = { drop: 0, signature: 0, same: 0, withheld: 0 };
  for (let round = 0; round < count; round++) {
    const original = events[round % events.length] as HeldEvent;
    const text = decoder.decode(pduBytes(original));
    const mutant = mutatePdu(text, rng);
    const outcome = parsePdu(mutant.bytes, { roomId: original.roomId });
    if (outcome.kind === "drop") {
      stages.drop++;
      continue;
    }
    const verified = await verifyEvent(outcome.event, context);
    if (verified.kind !== "valid") {
      stages.signature++;
      continue;
    }
    const seen = meaning(outcome.event);
    if (seen === meaning(original)) stages.same++;
    else if (seen === meaning(redactEvent(original))) stages.withheld++;
    else found.push(`${mutant.name}: ${decoder.decode(mutant.bytes).slice(0, 200)}`);
  }
  assert.ok(Object.values(stages).every((stage) => stage > 0), JSON.stringify(stages));
  return found;
}

Deno.test("of many mutants none is taken for what it is not, and none throws (G9)", async () => {
  assert.deepEqual(await forgeries(casesOf("G9_CASES", 20_000), verifyContext(server)), []);
});

Deno.test("a door that does not verify signatures is caught by the same mutants", async () => {
  const broken = { ...verifyContext(server), verifier: { verify: () => Promise.resolve(true) } };
  assert.ok((await forgeries(2000, broken)).length > 10);
});

Deno.test("a state key with a control character is no state key", async () => {
  for (const stateKey of ["a\u0000b", "\n", "\u007f"]) {
    await assert.rejects(
      async () => await makeControlEvent({ type: "m.x", stateKey, content: {} }, { server }),
      /control character/,
    );
  }
});

Deno.test("an event of another room, another copy's content, and huge events are refused or cut", async () => {
  const event = await makeTimelineEvent({}, { server });
  const bytes = pduBytes(event);
  const elsewhere = parsePdu(bytes, { roomId: roomIdFromHash(new Uint8Array(32)) });
  assert.ok(elsewhere.kind === "drop" && elsewhere.reason === "wrong_room");
  const altered = encode({ ...event.pdu, content: { msgtype: "text", body: "altered" } });
  const cut = eventOf(parsePdu(altered));
  assert.equal(cut.id, event.id);
  assert.ok(cut.withheld);
  assert.deepEqual(Object.keys(cut.pdu.content), []);
  assert.equal(cut.pdu.salt, undefined);
  assert.equal((await verifyEvent(cut, verifyContext(server))).kind, "valid");
  const { salt: _gone, ...unsalted } = event.pdu;
  assert.ok(eventOf(parsePdu(encode(unsalted))).withheld);
  const envelope = encode({ ...event.pdu, signatures: undefined }).length;
  const body = (size: number) =>
    parsePdu(encode({ ...event.pdu, content: { msgtype: "text", body: "x".repeat(size) } }));
  const fixed = envelope - "hello".length;
  assert.equal(body(65_536 - fixed).kind, "event");
  const tooLarge = body(65_537 - fixed);
  assert.ok(tooLarge.kind === "drop" && tooLarge.reason === "too_large");
});

Deno.test("signatures of servers not required are stripped; more than four are refused", async () => {
  const event = await makeTimelineEvent({}, { server });
  const own = event.pdu.signatures["example.com"] as Record<string, string>;
  const [value] = Object.values(own) as [string];
  const extra = { ...event.pdu.signatures, "evil.example": { garbage: "garbage" } };
  const stripped = eventOf(parsePdu(encode({ ...event.pdu, signatures: extra })));
  assert.deepEqual(Object.keys(stripped.pdu.signatures), ["example.com"]);
  const many = (count: number) => {
    const named = { ...own };
    for (let at = 0; at < count; at++) {
      const id = testServer("example.com", 100 + at).signer.keyId;
      named[`ed25519:${id}`] = value;
    }
    return parsePdu(encode({ ...event.pdu, signatures: { "example.com": named } }));
  };
  assert.equal(many(3).kind, "event");
  const five = many(4);
  assert.ok(five.kind === "drop" && five.reason === "signatures");
});

Deno.test("a hand-over and a restricted join need the second server's signature", async () => {
  const owner = await makeControlEvent({
    type: "m.guild.owner",
    stateKey: "",
    content: { user: "@bob:other.example" },
  }, { server });
  const alone = parsePdu(pduBytes(owner));
  assert.ok(alone.kind === "drop" && alone.message.includes("other.example"));
  const second = await signEventHash(owner.hash, other.signer);
  const signatures = {
    ...owner.pdu.signatures,
    "other.example": { [`ed25519:${other.signer.keyId}`]: second },
  };
  const both = eventOf(parsePdu(encode({ ...owner.pdu, signatures })));
  assert.equal(both.id, owner.id);
  const valid = await verifyEvent(both, verifyContext(server, other));
  assert.ok(valid.kind === "valid" && valid.by.length === 2);
  const waiting = await verifyEvent(both, verifyContext(server));
  assert.deepEqual(waiting, {
    kind: "wait",
    keys: [{ server: "other.example", keyId: other.signer.keyId }],
  });
});

Deno.test("a join that names an identity counts with its proof alone", async () => {
  const ann = userId("@ann:example.com");
  const own = keyPairOf(new Uint8Array(32).fill(7));
  const key = encodePublicKey(own.publicKey);
  const joined = async (prover: UserId) => {
    const identity = { key, proof: encodeSignature(own.sign(identityBytes(prover, key))) };
    const content = { membership: "join", identity };
    const wish = { type: "m.room.member", sender: ann, stateKey: ann, content };
    return await verifyEvent(await makeControlEvent(wish, { server }), verifyContext(server));
  };
  assert.equal((await joined(ann)).kind, "valid");
  const borrowed = await joined(userId("@bob:example.com"));
  assert.ok(borrowed.kind === "drop" && borrowed.message.includes("identity"));
});

Deno.test("a key counts only for times in its window and for its own server", async () => {
  const context = verifyContext(server);
  for (
    const [ts, kind] of [[server.entry.valid_until - 1, "valid"], [
      server.entry.valid_until,
      "drop",
    ], [server.entry.valid_from - 1, "drop"]] as const
  ) {
    const event = await makeTimelineEvent({ originTs: ts }, { server });
    assert.equal((await verifyEvent(event, context)).kind, kind);
  }
  const event = await makeTimelineEvent({}, { server });
  const foreign = { ...server.entry, server: other.name };
  const spoofed = await verifyEvent(event, { ...context, entryOf: () => foreign });
  assert.equal(spoofed.kind, "wait");
});
