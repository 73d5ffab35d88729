import assert from "node:assert/strict";
import fc from "fast-check";
import { casesOf } from "../../tests/harness/cases.ts";
import {
  makeControlEvent,
  makeTimelineEvent,
  pduBytes,
  TEST_TS,
  testServer,
  userId,
  verifyContext,
} from "../../tests/harness/events.ts";
import { seededRng } from "../../tests/harness/seeded_rng.ts";
import { timelineRights } from "../auth/timeline.ts";
import { type ChannelId, channelIdFromBytes } from "../ids/channel_id.ts";
import type { EventId } from "../ids/event_id.ts";
import type { UserId } from "../ids/user_id.ts";
import { type HeldEvent, isTimelineEvent, type TimelineEvent } from "./event.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import { eventHash } from "./hash.ts";
import { keep, keepRuleOf } from "./keep.ts";
import { keptFault } from "./kept_fault.ts";
import { KINDS } from "./kinds.ts";
import { parsePdu } from "./parse_pdu.ts";
import { redactEvent } from "./redact.ts";
import { editCounts, editedIdOf, purgeCovers, redactionCovers } from "./redaction_effect.ts";
import { verifyEvent } from "./verify_event.ts";

const server = testServer("example.com");
const alice = userId("@alice:example.com");
const bob = userId("@bob:example.com");
const carol = userId("@carol:example.com");
const USERS = [alice, bob, carol];
const CHANNELS = [1, 2].map((byte) => channelIdFromBytes(new Uint8Array(16).fill(byte)));
const SECRET = "the secret words";
const SOME_ID = "$4uQeVj5tqViQh7yWWGStvkEG1Zmhx6uasJtWCJziofM";

const KEPT_CONTENTS: Readonly<Record<string, JsonObject>> = {
  "m.guild.owner": { user: alice },
  "m.guild.roles": { everyone: "0", roles: { mod: { position: 1, bits: "1" } } },
  "m.guild.member_roles": { roles: ["mod"] },
  "m.room.timeout": { until: 0 },
  "m.member.stay": { until: 0 },
  "m.channel.policy": { kind: "text", closed: false, entries: [] },
  "m.room.join_rules": { rule: "invite" },
  "m.room.history_visibility": { visibility: "shared" },
  "m.room.server_acl": { allow: ["*"], deny: [], allow_ip_literals: false },
  "m.room.tombstone": { closed: true, replacement: SOME_ID.replace("$", "!") },
  "m.room.encryption": { algorithm: "mls" },
  "m.room.create": {
    room_version: "og1",
    nonce: "8FyqfTvsqV1HMzCTqAENWY",
    kind: "guild",
    federate: true,
  },
  "m.room.member": { membership: "join" },
  "m.redaction": { redacts: [SOME_ID] },
  "m.purge": { user: bob, from_ts: 1, to_ts: 2 },
};

Deno.test("redacted events of every type keep id and signatures and lose every secret byte (G13)", async () => {
  const context = verifyContext(server);
  const secrets = { body: SECRET, reason: SECRET, key: SECRET, name: SECRET, x: [{ y: SECRET }] };
  const types = [...KINDS.map((kind) => kind.type), "org.example.state", "org.example.talk"];
  for (const type of types) {
    const kind = KINDS.find((known) => known.type === type);
    const timeline = kind === undefined ? type.endsWith("talk") : kind.plane !== "control";
    // Kept whole, of a closed shape: nothing can hide there.
    if (keepRuleOf(type, timeline) === "all") continue;
    const content = { ...validContent(type), ...(type === "m.merge" ? {} : secrets) };
    const event: HeldEvent = timeline
      ? await makeTimelineEvent({ type, content: { ...content, ...overrides(type) } }, { server })
      : await makeControlEvent(
        { type, content: { ...content, ...overrides(type) }, ...stateKeyOf(type) },
        { server },
      );
    const redacted = redactEvent(event);
    assert.equal(redacted.id, event.id);
    assert.deepEqual(eventHash(redacted.pdu), event.hash, type);
    assert.equal((await verifyEvent(redacted, context)).kind, "valid");
    const bytes = new TextDecoder().decode(pduBytes(redacted));
    assert.ok(!bytes.includes("secret") && !bytes.includes('"salt"'), `${type}: ${bytes}`);
    assert.deepEqual(redactEvent(redacted), redacted);
    const again = parsePdu(pduBytes(redacted));
    assert.ok(again.kind === "event" && again.event.withheld && again.event.id === event.id);
  }
});

function stateKeyOf(type: string): { stateKey?: string } {
  const keys: Readonly<Record<string, string>> = {
    role: "mod",
    user: alice,
    channel: "main",
    emoji: "party",
    empty: "",
  };
  const rule = KINDS.find((kind) => kind.type === type)?.stateKey ?? "empty";
  return rule === "none" ? {} : { stateKey: keys[rule] as string };
}

function validContent(type: string): JsonObject {
  const relates = (kind: string) => ({ relates_to: { kind, event_id: SOME_ID, extra: SECRET } });
  const contents: Readonly<Record<string, JsonObject>> = {
    ...KEPT_CONTENTS,
    "m.room.message": { msgtype: "text", ...relates("reply") },
    "m.reaction": relates("reaction"),
    "m.pin": { event_id: SOME_ID, on: true },
    "m.thread": relates("thread"),
    "m.poll": { question: SECRET, options: [SECRET, SECRET] },
    "m.poll.vote": { ...relates("vote"), choices: [1] },
    "m.poll.end": relates("poll_end"),
    "m.previews.off": relates("previews_off"),
  };
  return contents[type] ?? {};
}

Deno.test("contents that are kept are of a closed shape, so that no text can hide in them for ever", () => {
  for (const kind of KINDS) {
    const rule = keepRuleOf(kind.type, kind.plane === "timeline");
    if (rule === undefined || rule === "relation") continue;
    const content = KEPT_CONTENTS[kind.type];
    assert.ok(content, kind.type);
    const part = { type: kind.type, timeline: false };
    assert.equal(keptFault({ ...part, content }), undefined, kind.type);
    const stuffed = { ...part, content: { ...content, x: SECRET } };
    const hidden = JSON.stringify(keep(stuffed)).includes(SECRET);
    assert.ok(!hidden || keptFault(stuffed) !== undefined, kind.type);
    assert.ok(keptFault({ ...part, content: {} }) !== undefined, `${kind.type} without content`);
  }
  const roles = { everyone: "0", roles: { mod: { position: 1, bits: "1", x: SECRET } } };
  assert.ok(keptFault({ type: "m.guild.roles", timeline: false, content: roles }));
});

Deno.test("a redacted copy of a timeline event needs the same right as the whole one", () => {
  const anyRelation = fc.record({
    kind: fc.constantFrom<JsonValue>("thread", "edit", "reply", "Thread", "", null, 1, []),
    event_id: fc.constantFrom<JsonValue>(SOME_ID, SOME_ID, "$x", "", null, {}),
  }, { requiredKeys: [] });
  let kept = 0;
  fc.assert(
    fc.property(fc.oneof(anyRelation, fc.jsonValue()), (relation) => {
      const content = { relates_to: relation as JsonValue, body: SECRET };
      const type = "m.room.message";
      const cut = keep({ type, content, timeline: true });
      assert.deepEqual(timelineRights({ type, content }), timelineRights({ type, content: cut }));
      if (Object.keys(cut).length > 0) kept++;
    }),
    { numRuns: casesOf("G13_CASES", 2000) },
  );
  assert.ok(kept > 50);
});

/** Fields whose shape does not allow the secret that all get. */
function overrides(type: string): JsonObject {
  if (type === "m.guild.emoji") return { name: "secret_words" };
  return type === "m.reaction" ? { key: "secret" } : {};
}

interface Step {
  readonly event: HeldEvent;
  readonly redacts: readonly EventId[];
  readonly edits: EventId | undefined;
}

/** A random channel history: messages, edits of own and others', redactions of anything. */
async function randomHistory(seed: number): Promise<Step[]> {
  const rng = seededRng(seed);
  const steps: Step[] = [];
  for (let at = 0; at < 8; at++) {
    const sender = USERS[rng.below(3)] as UserId;
    const channelId = CHANNELS[rng.below(5) === 0 ? 1 : 0] as ChannelId;
    const target = steps.length === 0 ? undefined : steps[rng.below(steps.length)]?.event.id;
    const originTs = TEST_TS + at * 1000;
    const common = { sender, originTs };
    const by = { server, seed: seed * 100 + at };
    const kind = target === undefined ? 0 : rng.below(6);
    const text = { msgtype: "text", body: `${SECRET} ${at}` };
    if (kind === 1) {
      const content = { membership: "join", displayed: SECRET };
      const event = await makeControlEvent(
        { ...common, type: "m.room.member", stateKey: sender, content },
        by,
      );
      steps.push({ event, redacts: [], edits: undefined });
    } else if (kind === 2 && target !== undefined) {
      const content = { ...text, relates_to: { kind: "edit", event_id: target } };
      const event = await makeTimelineEvent({ ...common, channelId, content }, by);
      steps.push({ event, redacts: [], edits: target });
    } else if (kind >= 3 && target !== undefined) {
      const more = steps[rng.below(steps.length)]?.event.id as EventId;
      const redacts = [...new Set([target, more])];
      const fields = { ...common, type: "m.redaction", content: { redacts, reason: SECRET } };
      const event: HeldEvent = rng.below(4) === 0
        ? await makeControlEvent(fields, by)
        : await makeTimelineEvent({ ...fields, channelId }, by);
      steps.push({ event, redacts, edits: undefined });
    } else {
      const event = await makeTimelineEvent({ ...common, channelId, content: text }, by);
      steps.push({ event, redacts: [], edits: undefined });
    }
  }
  return steps;
}

/** Section 6 read literally and slowly: carol may manage everything. */
function naivelyCovered(steps: readonly Step[], step: Step, redactions: readonly Step[]): boolean {
  if (step.event.pdu.type === "m.room.member") return false;
  const place = (of: Step) => isTimelineEvent(of.event) ? of.event.pdu.channel_id : "control";
  const covers = (redaction: Step, target: Step) =>
    redaction !== target && redaction.redacts.includes(target.event.id) &&
    place(redaction) === place(target) && target.event.pdu.type !== "m.room.member" &&
    (redaction.event.pdu.sender === target.event.pdu.sender ||
      redaction.event.pdu.sender === carol);
  if (redactions.some((redaction) => covers(redaction, step))) return true;
  const edited = steps.find((other) => other.event.id === step.edits);
  if (edited === undefined || place(edited) !== place(step)) return false;
  return edited.event.pdu.sender === step.event.pdu.sender &&
    redactions.some((redaction) => redaction !== step && covers(redaction, edited));
}

interface Store {
  readonly covers: typeof redactionCovers;
}

/** Events arrive in some order; each redaction is applied before, after or instead of its targets. */
function arrive(steps: readonly Step[], order: readonly number[], { covers }: Store) {
  const held = new Map<EventId, HeldEvent>();
  const apply = () => {
    for (
      const redaction of [...held.values()].filter((event) => event.pdu.type === "m.redaction")
    ) {
      for (const event of held.values()) {
        const edited = held.get(editedIdOf(event) as EventId);
        const mayManage = () => redaction.pdu.sender === carol;
        if (covers(redaction, event, { mayManage, edited })) held.set(event.id, redactEvent(event));
      }
    }
  };
  for (const at of order) {
    const { event } = steps[at] as Step;
    held.set(event.id, event);
    apply();
  }
  return held;
}

async function wrongRedactions(rooms: number, store: Store): Promise<number> {
  let wrong = 0;
  for (let seed = 1; seed <= rooms; seed++) {
    const steps = await randomHistory(seed);
    const rng = seededRng(seed * 31);
    const order = steps.map((_, at) => ({ at, key: rng.below(1 << 30) }))
      .sort((a, b) => a.key - b.key).map(({ at }) => at);
    const redactions = steps.filter((step) => step.redacts.length > 0);
    for (const arrival of [steps.map((_, at) => at), order]) {
      const held = arrive(steps, arrival, store);
      for (const step of steps) {
        const event = held.get(step.event.id) as HeldEvent;
        const expected = naivelyCovered(steps, step, redactions);
        const leaks = new TextDecoder().decode(pduBytes(event)).includes(SECRET);
        if (event.withheld !== expected || (expected && leaks)) wrong++;
      }
    }
  }
  return wrong;
}

Deno.test("1,000 random histories: redactions do what section 6 says in any order of arrival (G13)", async () => {
  assert.equal(await wrongRedactions(1000, { covers: redactionCovers }), 0);
});

Deno.test("a store that lets anyone redact anything is caught by the same histories", async () => {
  const anyone: Store = {
    covers: (redaction, event, context) =>
      redactionCovers(redaction, event, { ...context, mayManage: () => true }),
  };
  assert.ok(await wrongRedactions(50, anyone) > 0);
});

Deno.test("purges cover a user's events of a span, whenever they arrive, and nothing else", async () => {
  const purgeOf = (content: JsonObject) =>
    makeControlEvent({
      type: "m.purge",
      content: { user: bob, from_ts: TEST_TS, to_ts: TEST_TS + 10, ...content },
      originTs: TEST_TS + 100,
    }, { server });
  const message = (fields: { sender?: UserId; originTs?: number; channelId?: ChannelId }) =>
    makeTimelineEvent({ sender: bob, ...fields }, { server });
  const purge = await purgeOf({});
  assert.ok(purgeCovers(purge, await message({})));
  assert.ok(purgeCovers(purge, await message({ originTs: TEST_TS + 10 })));
  assert.ok(!purgeCovers(purge, await message({ originTs: TEST_TS + 11 })));
  assert.ok(!purgeCovers(purge, await message({ originTs: TEST_TS - 1 })));
  assert.ok(!purgeCovers(purge, await message({ sender: alice })));
  const inOne = await purgeOf({ channel_id: CHANNELS[0] as string });
  assert.ok(purgeCovers(inOne, await message({ channelId: CHANNELS[0] as ChannelId })));
  assert.ok(!purgeCovers(inOne, await message({ channelId: CHANNELS[1] as ChannelId })));
  const ahead = await purgeOf({ to_ts: TEST_TS + 101 });
  assert.ok(!purgeCovers(ahead, await message({})));
  assert.ok(!purgeCovers(purge, purge));
});

Deno.test("an edit counts only for its own sender, channel and type, and not on an edit", async () => {
  const original = await makeTimelineEvent({}, { server });
  const edit = (target: TimelineEvent, fields: { sender?: UserId; channelId?: ChannelId }) =>
    makeTimelineEvent({
      ...fields,
      content: {
        msgtype: "text",
        body: "new",
        relates_to: { kind: "edit", event_id: target.id },
      },
    }, { server, seed: 99 });
  const good = await edit(original, {});
  assert.ok(editCounts(good, original));
  assert.ok(!editCounts(await edit(original, { sender: bob }), original));
  assert.ok(!editCounts(await edit(original, { channelId: CHANNELS[0] as ChannelId }), original));
  assert.ok(!editCounts(await edit(good, {}), good));
  assert.ok(!editCounts(original, good));
});

Deno.test("keep is total: relations that are malformed are not kept, and keeping twice is keeping once", () => {
  const cases: readonly JsonObject[] = [
    {},
    { relates_to: null },
    { relates_to: [] },
    { relates_to: { kind: "edit" } },
    { relates_to: { kind: 1, event_id: "$x" } },
    { relates_to: { kind: "edit", event_id: "$x" } },
    { relates_to: { kind: SECRET, event_id: SOME_ID } },
    { relates_to: { kind: "edit", event_id: SOME_ID, more: "m" }, body: "b" },
  ];
  const kept = cases.map((content) => keep({ type: "m.room.message", content, timeline: true }));
  assert.deepEqual(kept.slice(0, -1), [{}, {}, {}, {}, {}, {}, {}]);
  assert.deepEqual(kept.at(-1), { relates_to: { kind: "edit", event_id: SOME_ID } });
  for (const kind of KINDS) {
    for (const content of cases) {
      const timeline = kind.plane === "timeline";
      const once = keep({ type: kind.type, content: { ...content, reason: "r" }, timeline });
      assert.deepEqual(keep({ type: kind.type, content: once, timeline }), once);
    }
  }
});
