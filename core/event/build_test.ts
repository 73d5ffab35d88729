import assert from "node:assert/strict";
import fc from "fast-check";
import {
  makeControlEvent,
  makeTimelineEvent,
  pduBytes,
  testServer,
  userId,
  verifyContext,
} from "../../tests/harness/events.ts";
import { createBlake3 } from "../../server/system/blake3.ts";
import { hashOfEventId } from "../ids/event_id.ts";
import { compareBytes } from "../ids/compare_bytes.ts";
import { limits } from "../limits.ts";
import { type BuildOptions, buildTimelineEvent, DraftError } from "./build.ts";
import type { HeldEvent } from "./event.ts";
import { contentHash, eventHash } from "./hash.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import { parsePdu } from "./parse_pdu.ts";
import { redactEvent } from "./redact.ts";
import { verifyEvent } from "./verify_event.ts";

const server = testServer("example.com");
const by = { server };

async function refusal(make: () => Promise<unknown>): Promise<string> {
  try {
    await make();
  } catch (error) {
    assert.ok(error instanceof DraftError, String(error));
    return error.reason;
  }
  return "built";
}

Deno.test("any content within og-jcs is built, hashed the same by both hashers, and verifies", async () => {
  const fast = await createBlake3();
  const context = verifyContext(server);
  const json = fc.dictionary(
    fc.stringMatching(/^[a-z]{1,8}$/),
    fc.oneof(fc.string({ unit: "grapheme" }), fc.maxSafeInteger(), fc.boolean()),
    { noNullPrototype: true },
  ).map((made) => JSON.parse(JSON.stringify(made)) as JsonObject);
  await fc.assert(
    fc.asyncProperty(json, async (content) => {
      const event = await makeTimelineEvent({ type: "org.example.x", content }, by);
      assert.deepEqual(eventHash(event.pdu, fast), event.hash);
      const salt = event.pdu.salt as string;
      assert.equal(contentHash({ content, salt }, fast), event.pdu.content_hash);
      assert.equal((await verifyEvent(event, context)).kind, "valid");
      const back = parsePdu(pduBytes(event), { blake3: fast });
      assert.ok(back.kind === "event" && back.event.id === event.id && !back.event.withheld);
    }),
    { numRuns: 200 },
  );
});

Deno.test("changing any one field changes the id, or leaves the content withheld", async () => {
  const event: HeldEvent = await makeControlEvent({
    type: "m.room.member",
    stateKey: "@bob:example.com",
    content: { membership: "ban", reason: "spam" },
  }, by);
  const changes: Readonly<Record<string, JsonValue>> = {
    type: "m.room.other",
    room_id: `!${"1".repeat(32)}`,
    sender: "@eve:example.com",
    origin_ts: event.pdu.origin_ts + 1,
    content: { membership: "leave", reason: "spam" },
    content_hash: "1".repeat(32),
    prev_events: [],
    auth_events: [],
    state_key: "@carol:example.com",
  };
  for (const [name, value] of Object.entries(changes)) {
    const altered = { ...event.pdu, [name]: value } as unknown as HeldEvent["pdu"];
    assert.notDeepEqual(eventHash(altered), event.hash, name);
  }
  const sameCore: Readonly<Record<string, JsonValue>> = {
    salt: "8FyqfTvsqV1HMzCTqAENWY",
    content: { membership: "ban", reason: "other" },
  };
  for (const [name, value] of Object.entries(sameCore)) {
    const altered = new TextEncoder().encode(JSON.stringify({ ...event.pdu, [name]: value }));
    const outcome = parsePdu(altered);
    assert.ok(outcome.kind === "event" && outcome.event.id === event.id, name);
    assert.ok(outcome.event.withheld && !("reason" in outcome.event.pdu.content), name);
  }
});

Deno.test("drafts that no other server would take are refused, each with its reason", async () => {
  const text = (body: string) => ({ msgtype: "text", body });
  const content = (made: unknown) => makeTimelineEvent({ content: made as JsonObject }, by);
  assert.equal(await refusal(() => content(text("fine"))), "built");
  assert.equal(await refusal(() => content({ msgtype: "text", body: 1 })), "content");
  assert.equal(await refusal(() => content({ ...text("x"), extra: 0.5 })), "content");
  assert.equal(await refusal(() => content({ ...text("x"), extra: undefined })), "content");
  assert.equal(await refusal(() => content(text("x".repeat(16_385)))), "content");
  assert.equal(await refusal(() => content({ ...text("x"), "é": 1 })), "content");
  const huge = { ...text("x"), extra: "x".repeat(65_400) };
  assert.equal(await refusal(() => content(huge)), "too_large");
  const wide = { ...text("x"), extra: "€".repeat(21_800) };
  assert.equal(await refusal(() => content(wide)), "too_large");
  assert.equal(await refusal(() => makeTimelineEvent({ originTs: 5 }, by)), "envelope");
  assert.equal(await refusal(() => makeTimelineEvent({ type: "m.purge" }, by)), "content");
  assert.equal(
    await refusal(() => makeControlEvent({ type: "org.example.x", content: {} }, by)),
    "envelope",
  );
  const deep = JSON.parse(`{"a":${"[".repeat(15)}${"]".repeat(15)}}`);
  assert.equal(await refusal(() => content({ ...text("x"), ...deep })), "content");
});

Deno.test("lists come out sorted by raw hash without duplicates, however they went in", async () => {
  const sample = await makeTimelineEvent({}, by);
  const ids = sample.pdu.prev_events;
  const again = await makeTimelineEvent({ prevEvents: [...ids, ...ids].reverse() }, by);
  assert.deepEqual(again.pdu.prev_events, ids);
  const [first, second] = ids.map((id) => hashOfEventId(id));
  assert.ok(compareBytes(first as Uint8Array, second as Uint8Array) < 0);
});

Deno.test("the salt makes equal contents hash differently", async () => {
  const one = await makeTimelineEvent({}, { server, seed: 1 });
  const two = await makeTimelineEvent({}, { server, seed: 2 });
  assert.deepEqual(one.pdu.content, two.pdu.content);
  assert.notEqual(one.pdu.content_hash, two.pdu.content_hash);
});

Deno.test("an event of exactly the largest size is built and taken", async () => {
  const empty = await makeTimelineEvent({ type: "org.example.x", content: { body: "" } }, by);
  const { signatures: _gone, ...unsigned } = empty.pdu;
  const room = limits.event.maxBytes - JSON.stringify(unsigned).length;
  const build = (size: number) =>
    makeTimelineEvent({ type: "org.example.x", content: { body: "x".repeat(size) } }, by);
  const full = await build(room);
  assert.equal(parsePdu(pduBytes(full)).kind, "event");
  assert.equal(await refusal(() => build(room + 1)), "too_large");
});

Deno.test("a signer of the wrong size is a fault of ours, not an event", async () => {
  const options: BuildOptions = {
    signer: { keyId: server.signer.keyId, sign: () => Promise.resolve(new Uint8Array(3)) },
    rng: { bytes: (length) => new Uint8Array(length) },
  };
  const { pdu } = await makeTimelineEvent({}, by);
  const draft = {
    type: pdu.type,
    sender: userId("@alice:example.com"),
    originTs: pdu.origin_ts,
    content: pdu.content,
    roomId: pdu.room_id as NonNullable<typeof pdu.room_id>,
    channelId: pdu.channel_id,
    prevEvents: [],
    stateRefs: pdu.state_refs,
  };
  await assert.rejects(buildTimelineEvent(draft, options), /signature of 3 bytes/);
});

Deno.test("a reason travels with any event, is covered by its content hash, and not kept", async () => {
  const content = { everyone: "0", roles: {}, reason: "spring cleaning" };
  const event = await makeControlEvent({ type: "m.guild.roles", stateKey: "", content }, by);
  assert.equal(event.pdu.content["reason"], "spring cleaning");
  const redacted = redactEvent(event);
  assert.deepEqual(redacted.pdu.content, { everyone: "0", roles: {} });
  assert.deepEqual(eventHash(redacted.pdu), event.hash);
});

Deno.test("a built event has its fields in canonical order already", async () => {
  const timeline = await makeTimelineEvent({ content: { body: "x", msgtype: "text" } }, by);
  const meta = { type: "m.guild.meta", stateKey: "", content: { name: "x" } };
  const control = await makeControlEvent(meta, by);
  for (const { pdu } of [timeline, control]) {
    assert.deepEqual(Object.keys(pdu), Object.keys(pdu).toSorted());
  }
  assert.equal(Object.keys(timeline.pdu.signatures).length, 1);
});
