import assert from "node:assert/strict";
import type { HeldEvent, TimelineEvent } from "../../core/event/event.ts";
import { parsePduValue } from "../../core/event/parse_pdu.ts";
import { verifyEvent } from "../../core/event/verify_event.ts";
import { redactionCovers } from "../../core/event/redaction_effect.ts";
import type { JsonValue } from "../../core/event/json.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { bitsOf, DEFAULT_EVERYONE_BITS, formatBits, holds } from "../../core/permissions/bits.ts";
import { casesOf } from "../harness/cases.ts";
import { TEST_TS, testServer, verifyContext } from "../harness/events.ts";
import { ManualClock } from "../harness/parts.ts";
import { waitFor } from "../harness/wait_for.ts";
import { Random } from "../state/random.ts";
import { openReceiver, type Receiver } from "./receiver.ts";
import { pduOf, person, RemoteRoom } from "./remote_room.ts";
import { TestKeys } from "./test_keys.ts";

const one = testServer("one.example", 1);
const two = testServer("two.example", 2);
const ann = person("ann", one);
const bob = person("bob", two);
const cat = person("cat", two);
const PEOPLE = [ann, bob, cat];

/** Events of the ordinary run; the release run takes more. */
const EVENTS = casesOf("G13_CASES", 1000);

async function opened() {
  const everyone = formatBits(DEFAULT_EVERYONE_BITS | bitsOf("PIN"));
  const room = await RemoteRoom.guild([one, two], { owner: ann, members: [bob, cat], everyone });
  const clock = new ManualClock(TEST_TS + 100_000_000);
  const receiver = await openReceiver({ keys: new TestKeys(one, two), clock });
  const { roomId, pdus } = room;
  await receiver.ingest.ingest({ door: "join", origin: one.name, roomId, pdus });
  return { room, receiver };
}

async function send(receiver: Receiver, events: readonly HeldEvent[]): Promise<string[]> {
  const pdus: JsonValue[] = events.map(pduOf);
  const results = await receiver.ingest.ingest({ door: "send", origin: two.name, pdus });
  return results.map(({ outcome, reason }) =>
    reason === undefined ? outcome : `${outcome} ${reason}`
  );
}

interface Row {
  readonly withheld: boolean;
  readonly redacted_by: EventId | null;
  readonly pdu: string;
}

async function row(receiver: Receiver, id: EventId): Promise<Row | undefined> {
  const [found] = await receiver.sql<Row[]>`
    select withheld, redacted_by, pdu from events where event_id = ${id}`;
  return found;
}

function redaction(room: RemoteRoom, sender: UserId, ids: readonly EventId[]) {
  return room.message({ sender, type: "m.redaction", content: { redacts: [...ids] } });
}

Deno.test(`G13: ${EVENTS} events, redacted before, after and instead of their arrival: no word is left, nothing is taken away without the right`, async () => {
  const { room, receiver } = await opened();
  await using _receiver = receiver;
  const random = new Random(13);
  const events: TimelineEvent[] = [];
  const redactions: TimelineEvent[] = [];
  const secrets = new Map<EventId, string>();
  while (events.length < EVENTS) {
    const targets = events.slice(-20).map(({ id }) => id);
    if (targets.length > 3 && random.chance(0.25)) {
      const named = random.some(targets, 0.15).slice(0, 5);
      // Some name what never comes, themselves' own kind, or the create event.
      if (random.chance(0.1)) named.push(room.create.id);
      const last = redactions.at(-1);
      if (last !== undefined && random.chance(0.2)) named.push(last.id);
      if (named.length === 0) continue;
      const made = await redaction(room, random.pick(PEOPLE), named);
      redactions.push(made);
      events.push(made);
      continue;
    }
    const secret = `secret-${events.length}-${random.below(1 << 30)}`;
    const edited = random.chance(0.2) ? random.pick(events) : undefined;
    const event = await room.message({
      sender: random.pick(PEOPLE),
      content: {
        msgtype: "text",
        body: secret,
        ...(edited?.pdu.type === "m.room.message"
          ? { relates_to: { kind: "edit", event_id: edited.id } }
          : {}),
      },
    });
    secrets.set(event.id, secret);
    events.push(event);
  }
  const order = random.shuffle(events);
  for (let at = 0; at < order.length; at += 50) {
    const outcomes = await send(receiver, order.slice(at, at + 50));
    assert.deepEqual([...new Set(outcomes)], ["accepted"]);
  }
  await assertCovered(receiver, { room, events, redactions, secrets });
});

/** Every event is covered exactly where the rules say so, and then nothing of its text is left. */
async function assertCovered(receiver: Receiver, all: {
  readonly room: RemoteRoom;
  readonly events: readonly TimelineEvent[];
  readonly redactions: readonly TimelineEvent[];
  readonly secrets: ReadonlyMap<EventId, string>;
}): Promise<void> {
  const { room, events, redactions, secrets } = all;
  const byId = new Map(events.map((event) => [event.id, event]));
  const authority = room.authority();
  let covered = 0;
  const dump = await dumpOf(receiver);
  for (const event of events) {
    const relation = event.pdu.content["relates_to"] as { event_id?: EventId } | undefined;
    const edited = relation?.event_id === undefined ? undefined : byId.get(relation.event_id);
    const expected = redactions.some((each) =>
      redactionCovers(each, event, {
        edited,
        mayManage: () =>
          holds(
            authority.rights(each.pdu.sender, room.channel, each.pdu.origin_ts),
            "MANAGE_MESSAGES",
          ),
      })
    );
    const stored = await row(receiver, event.id);
    assert.equal(stored?.redacted_by !== null, expected, `${event.pdu.type} ${event.id}`);
    const read = parsePduValue(JSON.parse(stored?.pdu ?? "null") as JsonValue);
    assert(read.kind === "event" && read.event.id === event.id, "the id is what it was");
    const signature = await verifyEvent(read.event, verifyContext(one, two));
    assert.equal(signature.kind, "valid", "and signed as it was");
    if (!expected) continue;
    covered++;
    const secret = secrets.get(event.id);
    if (secret !== undefined) assert(!dump.includes(secret), `${secret} is left`);
    if (event.pdu.salt !== undefined) assert(!dump.includes(event.pdu.salt), "a salt is left");
  }
  assert(covered > events.length / 20, `only ${covered} were covered`);
  const kept = [...secrets].find(([id]) => dump.includes(secrets.get(id) ?? "\0"));
  assert(kept !== undefined, "positive control: the dump holds what was not redacted");
}

/** Every row of every table, as text. */
async function dumpOf(receiver: Receiver): Promise<string> {
  const { sql } = receiver;
  const tables = await sql<{ name: string }[]>`
    select c.oid::regclass::text as name from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition`;
  const parts: string[] = [];
  for (const { name } of tables) {
    const rows = await sql.unsafe(`select t::text as row from ${name} t`);
    parts.push(...rows.map((each) => String(each["row"])));
  }
  return parts.join("\n");
}

Deno.test("A29: An event which redacts itself, or a pair which redact each other, should be ignored: what was redacted stays so; the create event is never covered", async () => {
  const { room, receiver } = await opened();
  await using _receiver = receiver;
  const hello = await room.message({ sender: bob, body: "hello" });
  const first = await redaction(room, bob, [hello.id]);
  const second = await redaction(room, bob, [first.id, room.create.id]);
  // One that comes before what it names, and is named by it in turn.
  assert.deepEqual(new Set(await send(receiver, [second, first, hello])), new Set(["accepted"]));
  assert.notEqual((await row(receiver, hello.id))?.redacted_by, null, "stays applied");
  assert.notEqual((await row(receiver, first.id))?.redacted_by, null);
  assert.equal((await row(receiver, second.id))?.redacted_by, null);
  assert.equal((await row(receiver, room.create.id))?.redacted_by, null);
});

Deno.test("A29: An event which redacts an event in a different room should be ignored", async () => {
  const { room, receiver } = await opened();
  await using _receiver = receiver;
  const other = await RemoteRoom.guild([one, two], {
    owner: bob,
    members: [cat],
    ts: TEST_TS + 1,
  });
  assert.notEqual(other.roomId, room.roomId);
  const { roomId, pdus } = other;
  await receiver.ingest.ingest({ door: "join", origin: two.name, roomId, pdus });
  const before = await other.message({ sender: bob, body: "said before" });
  const after = await other.message({ sender: bob, body: "said after" });
  // Their own author takes them back, and from a room where he is joined: but not from theirs.
  const foreign = await redaction(room, bob, [before.id, after.id]);
  assert.deepEqual(await send(receiver, [before, foreign, after]), Array(3).fill("accepted"));
  for (const { id, pdu } of [before, after]) {
    const kept = await row(receiver, id);
    assert.equal(kept?.redacted_by, null);
    assert(kept.pdu.includes(String(pdu.content["body"])));
  }
  // The control: the same in their own room.
  const own = await redaction(other, bob, [before.id, after.id]);
  assert.deepEqual(await send(receiver, [own]), ["accepted"]);
  for (const { id } of [before, after]) {
    assert.equal((await row(receiver, id))?.redacted_by, own.id);
  }
});

Deno.test("a control event loses its words before or after a redaction, in the room as it is shown too", async () => {
  const { room, receiver } = await opened();
  await using _receiver = receiver;
  const meta = (name: string) => ({
    type: "m.guild.meta",
    sender: ann,
    stateKey: "",
    content: { name },
  });
  const bad = await room.control(meta("words to be gone"));
  assert.deepEqual(await send(receiver, [bad]), ["accepted"]);
  const gone = await room.control({
    type: "m.redaction",
    sender: ann,
    content: { redacts: [bad.id] },
  });
  assert.deepEqual(await send(receiver, [gone]), ["accepted"]);
  const held = await receiver.rooms.open(room.roomId);
  assert.equal(held?.authority.view.get("m.guild.meta", "")?.withheld, true);
  assert.deepEqual(held?.authority.view.get("m.guild.meta", "")?.pdu.content, {});
  assert(!(await dumpOf(receiver)).includes("words to be gone"));
  // Authority is never covered, whoever asks.
  const roles = room.stateAfter(room.heads).get("m.guild.roles", "");
  assert(roles !== undefined);
  const vain = await room.control({
    type: "m.redaction",
    sender: ann,
    content: { redacts: [roles.id] },
  });
  assert.deepEqual(await send(receiver, [vain]), ["accepted"]);
  assert.equal((await row(receiver, roles.id))?.redacted_by, null);
});

Deno.test("a purge covers what is held and what comes later, of that user and time alone", async () => {
  const { room, receiver } = await opened();
  await using _receiver = receiver;
  const old = await room.message({ sender: bob, body: "old" });
  const from = room.ts + 1;
  const spam = await room.message({ sender: bob, body: "spam" });
  const late = await room.message({ sender: bob, body: "late spam" });
  const other = await room.message({ sender: cat, body: "not spam" });
  const purge = await room.control({
    type: "m.purge",
    sender: ann,
    content: { user: bob, from_ts: from, to_ts: room.ts },
  });
  const ban = await room.member(ann, bob, { membership: "ban" });
  assert.deepEqual(
    new Set(await send(receiver, [old, spam, other, purge])),
    new Set(["accepted"]),
  );
  await waitFor(
    "the purge",
    async () => (await row(receiver, spam.id))?.redacted_by === purge.id ? true : undefined,
  );
  assert.deepEqual(await send(receiver, [late]), ["accepted"]);
  assert.equal((await row(receiver, late.id))?.redacted_by, purge.id);
  assert.equal((await row(receiver, old.id))?.redacted_by, null);
  assert.equal((await row(receiver, other.id))?.redacted_by, null);
  await waitFor("the job to end", async () => {
    const [job] = await receiver.sql`select 1 from purge_jobs`;
    return job === undefined ? true : undefined;
  });
  assert.deepEqual(await send(receiver, [ban]), ["accepted"]);
});

Deno.test("mentions take effect only where their sender may make them; odd contents have none", async () => {
  const { room, receiver } = await opened();
  await using _receiver = receiver;
  const all = { users: [cat, person("nobody", one)], everyone: true };
  const loud = await room.message({
    sender: bob,
    content: { msgtype: "text", body: "hear ye", mentions: all },
  });
  const owner = await room.message({
    sender: ann,
    content: { msgtype: "text", body: "hear ye", mentions: { everyone: true } },
  });
  const odd = await room.message({
    sender: bob,
    type: "m.reaction",
    content: { relates_to: { kind: "reaction", event_id: loud.id }, key: "a\u0000b" },
  });
  const reasoned = await room.message({
    sender: bob,
    type: "m.redaction",
    content: { redacts: [odd.id], reason: "a\u0000b" },
  });
  assert.deepEqual(
    new Set(await send(receiver, [loud, owner, odd, reasoned])),
    new Set(["accepted"]),
  );
  const rows = await receiver.sql<{ event_id: string; target: string }[]>`
    select event_id, target from message_mentions order by target`;
  assert.deepEqual(
    rows.map(({ event_id: id, target }) => [id, target]).sort(),
    [[loud.id, cat], [owner.id, "everyone"]].sort(),
  );
  const [reason] = await receiver.sql`select reason from message_redactions`;
  assert.equal(reason?.["reason"], "ab");
});
