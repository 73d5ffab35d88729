/** A byte that the disk has changed is found, named, and given to no other server. */
import assert from "node:assert/strict";
import { nobleBlake3 } from "../../core/event/hash.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import { checkEvents } from "../../server/doctor/checks/events.ts";
import { IntactEvents } from "../../server/federation/intact_events.ts";
import { PostgresRoomReader } from "../../server/federation/room_reader.ts";
import { damageOf } from "../../server/postgres/event_damage.ts";
import { loadEvent } from "../../server/postgres/event_store.ts";
import { ALICE } from "../harness/media.ts";
import { MemoryLog } from "../harness/parts.ts";
import { openRoomWorld } from "../harness/room_world.ts";

const CHANGES: Readonly<Record<string, { readonly column?: string; readonly damage: RegExp }>> = {
  "replace(pdu, 'second', 'secOnd')": { damage: /content does not match its hash/ },
  'replace(pdu, \'"type":"m.room.message"\', \'"type":"m.room.messagE"\')': {
    damage: /its text is that of \$/,
  },
  "substr(pdu, 2)": { damage: /no JSON/ },
  "replace(pdu, '\"origin_ts\":', '\"origin_ts\":1')": { damage: /./ },
  "'@mallory:two.test'": { column: "sender", damage: /column sender/ },
  "origin_ts + 1": { column: "origin_ts", damage: /column origin_ts/ },
  "decode(repeat('00', 32), 'hex')": { column: "event_hash", damage: /column hash/ },
};

Deno.test("a damaged event is named, left out of all answers, and the rest goes on", async (t) => {
  await using world = await openRoomWorld();
  const { sql, rooms } = world;
  const { room, general } = await world.guild(ALICE);
  const said = [];
  for (const body of ["first", "second", "third"]) {
    said.push(await world.say(room, { sender: ALICE, channelId: general, body }));
  }
  const [first, second, third] = said.map((event) => event.id) as [EventId, EventId, EventId];
  const read = async () => {
    const log = new MemoryLog();
    const intact = new IntactEvents({ log, blake3: nobleBlake3 });
    const reader = await new PostgresRoomReader({ sql, rooms, intact }).open(room.id);
    assert.ok(reader);
    const asked = await reader.events([first, second, third]);
    const back = await reader.back({ channelId: general, from: [third], limit: 10 });
    return {
      asked: [...asked.keys()],
      back: back.map((event) => event.id),
      named: log.lines.filter(({ fields }) => fields["event"] === second).length,
      control: (await reader.controlPage({ limit: 100 })).events.map((event) => event.id),
    };
  };
  const whole = await read();
  assert.equal(whole.asked.length, 3);
  assert.equal(whole.named, 0);
  const [fine] = await checkEvents(sql, { all: true });
  assert.equal(fine?.status, "ok", fine?.message);

  for (const [change, { column = "pdu", damage }] of Object.entries(CHANGES)) {
    await t.step(`${column} = ${change}`, async () => {
      const [former] = await sql`select * from events where event_id = ${second}`;
      assert.ok(former);
      await sql`update events set ${sql(column)} = ${
        sql.unsafe(change)
      } where event_id = ${second}`;
      const stored = await loadEvent(sql, room.id, second);
      assert.match(stored === undefined ? "" : damageOf(stored) ?? "", damage);
      const now = await read();
      assert.deepEqual(new Set(now.asked), new Set([first, third]));
      assert.ok(!now.back.includes(second) && now.back.includes(first));
      assert.equal(now.named, 1, "once, however often it is met");
      for (const all of [true, false]) {
        const [found] = await checkEvents(sql, { all });
        assert.equal(found?.status, "problem");
        assert.ok(found?.message.includes(second) && found.message.includes(room.id));
      }
      await sql`update events set ${sql(column)} = ${former[column]} where event_id = ${second}`;
      assert.deepEqual((await read()).asked.length, 3);
    });
  }

  await t.step("one of the control graph is left out of its pages", async () => {
    const [id] = whole.control.slice(3) as [EventId];
    await sql`update events set pdu = replace(pdu, '"sender":"@', '"sender":"@x') where event_id = ${id}`;
    const now = await read();
    assert.deepEqual(now.control, whole.control.filter((each) => each !== id));
  });

  await t.step("what was redacted or cut is no damage", async () => {
    const stored = await loadEvent(sql, room.id, third);
    assert.ok(stored);
    const { salt: _salt, ...pdu } = JSON.parse(stored.pdu);
    const text = JSON.stringify({ ...pdu, content: {} });
    assert.match(damageOf({ ...stored, pdu: text }) ?? "", /does not match/);
    assert.equal(damageOf({ ...stored, pdu: text, withheld: true }), undefined);
    assert.equal(damageOf({ ...stored, pdu: text, redactedBy: first }), undefined);
  });
});
