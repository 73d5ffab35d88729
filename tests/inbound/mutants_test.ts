import assert from "node:assert/strict";
import type { HeldEvent } from "../../core/event/event.ts";
import type { JsonValue } from "../../core/event/json.ts";
import { parseJson } from "../../core/event/json_parse.ts";
import { casesOf } from "../harness/cases.ts";
import { TEST_TS, testServer } from "../harness/events.ts";
import { ManualClock } from "../harness/parts.ts";
import { seededRng } from "../harness/seeded_rng.ts";
import { mutatePdu } from "../vectors/mutate_pdu.ts";
import { openReceiver } from "./receiver.ts";
import { pduOf, person, RemoteRoom } from "./remote_room.ts";
import { TestKeys } from "./test_keys.ts";

const one = testServer("one.example", 1);
const two = testServer("two.example", 2);
const ann = person("ann", one);
const bob = person("bob", two);

/** Mutants of the ordinary run; the release run takes more. */
const MUTANTS = casesOf("G9_CASES", 20000);
const BATCH = 50;
const DOORS = ["send", "missing", "backfill", "state", "join"] as const;

/** One event of every plane and of several kinds, none of them held yet. */
async function originals(room: RemoteRoom): Promise<readonly HeldEvent[]> {
  const fork = room.heads;
  return [
    await room.message({ sender: bob, body: "hello", prev: [] }),
    await room.message({
      sender: bob,
      type: "m.reaction",
      content: { relates_to: { kind: "reaction", event_id: room.create.id }, key: "x" },
      prev: [],
    }),
    await room.control({
      type: "m.guild.meta",
      sender: ann,
      stateKey: "",
      content: { name: "Here" },
      prev: fork,
    }),
    await room.member(ann, bob, { membership: "ban", reason: "why" }, { prev: fork }),
    await room.control({
      type: "m.room.timeout",
      sender: ann,
      stateKey: bob,
      content: { until: TEST_TS + 50_000 },
      prev: fork,
    }),
  ];
}

Deno.test(`G9: ${MUTANTS} mutants of valid events by every door: none is accepted, none throws`, async () => {
  const room = await RemoteRoom.guild([one, two], { owner: ann, members: [bob] });
  const held = room.pdus;
  const valid = await originals(room);
  const texts = valid.map((event) => JSON.stringify(event.pdu));
  const ids = new Set(valid.map(({ id }) => id as string));
  const clock = new ManualClock(TEST_TS + 10_000_000);
  await using receiver = await openReceiver({ keys: new TestKeys(one, two), clock });
  const { roomId } = room;
  await receiver.ingest.ingest({ door: "join", origin: one.name, roomId, pdus: held });
  const rng = seededRng(9);
  const told = new Map<string, number>();
  let wellFormed = 0;
  for (let at = 0; at < MUTANTS; at += BATCH) {
    const door = DOORS[(at / BATCH) % DOORS.length];
    assert(door !== undefined);
    const pdus: JsonValue[] = [];
    for (let index = 0; index < BATCH; index++) {
      const text = texts[rng.below(texts.length)];
      assert(text !== undefined);
      const json = parseJson(mutatePdu(text, rng).bytes);
      // The door of the server goes no further either.
      if (json.ok) pdus.push(json.value);
    }
    wellFormed += pdus.length;
    const room = door === "send" ? {} : { roomId };
    const results = await receiver.ingest.ingest({ door, origin: two.name, ...room, pdus });
    assert.equal(results.length, pdus.length);
    for (const { outcome, event_id: id } of results) {
      // Nothing but the very event: a signature or a content of it may be damaged all the same.
      if (outcome !== "dropped") assert(id !== undefined && ids.has(id), `${outcome} ${id}`);
      told.set(outcome, (told.get(outcome) ?? 0) + 1);
    }
  }
  assert(wellFormed > MUTANTS / 3, `only ${wellFormed} were JSON at all`);
  assert((told.get("dropped") ?? 0) > wellFormed * 0.8, JSON.stringify([...told]));
  const rows = await receiver.sql<{ event_id: string; pdu: string }[]>`
    select event_id, pdu from events where room_id = ${roomId}`;
  for (const row of rows) {
    const original = valid.find(({ id }) => id === row.event_id);
    if (original === undefined) continue;
    const pdu = JSON.parse(row.pdu) as { content: JsonValue; salt?: string };
    const whole = pdu.salt !== undefined;
    // What was altered is never stored: the content is the original's, or gone.
    if (whole) assert.deepEqual(pdu.content, pduOf(original) && original.pdu.content);
  }
  assert.equal(
    rows.length,
    held.length + [...ids].filter((id) => rows.some((row) => row.event_id === id)).length,
  );
});
