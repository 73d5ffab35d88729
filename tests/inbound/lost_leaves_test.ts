import assert from "node:assert/strict";
import type { ControlEvent } from "../../core/event/event.ts";
import { bitsOf, formatBits } from "../../core/permissions/bits.ts";
import { loadControl } from "../../server/rooms/load_room.ts";
import { loadLostLeaves } from "../../server/rooms/lost_leaves.ts";
import { TEST_TS, testServer } from "../harness/events.ts";
import { ManualClock } from "../harness/parts.ts";
import { openReceiver } from "./receiver.ts";
import { pduOf, person, RemoteRoom } from "./remote_room.ts";
import { TestKeys } from "./test_keys.ts";

const here = testServer("here.example", 77);
const one = testServer("one.example", 1);
const two = testServer("two.example", 2);
const ann = person("ann", one);
const mod = person("mod", two);
/** Leaves and is kicked at once; of this server, and of another. */
const dan = person("dan", here);
const cat = person("cat", two);
const DAY_MS = 24 * 3_600_000;

/**
 * Two leave while a moderator kicks them: the kicks prevail. Then it is known that he had lost
 * the right before, and the kicks fail: the joins are back, though both wanted to go.
 */
async function opened() {
  const room = await RemoteRoom.guild([one, two, here], {
    owner: ann,
    members: [mod, dan, cat],
    roles: { mod: { position: 10, bits: formatBits(bitsOf("KICK")) } },
  });
  const give = (roles: readonly string[], prev = room.heads) =>
    room.control({
      type: "m.guild.member_roles",
      sender: ann,
      stateKey: mod,
      content: { roles: [...roles] },
      prev,
    });
  await give(["mod"]);
  const keys = new TestKeys(one, two, here);
  const clock = new ManualClock(TEST_TS + DAY_MS);
  const receiver = await openReceiver({ keys, clock });
  const { roomId, pdus } = room;
  await receiver.ingest.ingest({ door: "join", origin: one.name, roomId, pdus });
  const fork = room.heads;
  const leaves: ControlEvent[] = [];
  const kicks: ControlEvent[] = [];
  for (const user of [dan, cat]) {
    leaves.push(await room.member(user, user, { membership: "leave" }, { prev: fork }));
    kicks.push(await room.member(mod, user, { membership: "leave" }, { prev: fork }));
  }
  const meta = { type: "m.guild.meta", sender: ann, stateKey: "", content: { name: "Merged" } };
  const merged = await room.control({ ...meta, prev: [...leaves, ...kicks].map(({ id }) => id) });
  assert.equal(room.states.get(merged.id)?.get("m.room.member", dan)?.pdu.sender, mod);
  const taken = await give([], fork);
  // The kicks come too late to be shown, and count from where an accepted event stands on them.
  const outcomes = [];
  for (const event of [...leaves, ...kicks, merged, taken]) {
    const pdus = [pduOf(event)];
    const [result] = await receiver.ingest.ingest({ door: "send", origin: one.name, pdus });
    outcomes.push(result?.outcome);
  }
  const [yes, late] = ["accepted", "soft_failed"];
  assert.deepEqual(outcomes, [yes, yes, late, late, yes, yes]);
  return { room, receiver, clock, keys, leave: leaves[0] };
}

Deno.test("a leave that a later merge undid is found, of this server's people alone and for a week", async () => {
  const { room, receiver, clock, leave } = await opened();
  await using _receiver = receiver;
  const { sql } = receiver;
  const loaded = await loadControl(sql, room.roomId);
  assert(loaded !== undefined);
  for (const user of [dan, cat]) assert.equal(loaded.tip.authority.membership(user), "join");
  const deps = { sql, clock, serverName: here.name };
  const [lost, ...others] = await loadLostLeaves(deps, loaded);
  assert.deepEqual(others, []);
  assert.equal(lost?.event.id, leave?.id);
  assert.equal(
    lost?.before.get("m.room.member", dan)?.id,
    loaded.tip.state.get("m.room.member", dan)?.id,
  );
  assert.equal(lost?.after.get("m.room.member", dan)?.id, leave?.id);
  const elsewhere = await loadLostLeaves({ ...deps, serverName: two.name }, loaded);
  assert.deepEqual(elsewhere.map(({ event }) => event.pdu.sender), [cat]);
  clock.advance(8 * DAY_MS);
  assert.deepEqual(await loadLostLeaves(deps, loaded), []);
});

Deno.test("who wanted to go is out again once the server has been started anew", async () => {
  const { room, receiver, keys, clock, leave } = await opened();
  await using _receiver = receiver;
  const held = await receiver.rooms.open(room.roomId);
  assert.equal(held?.authority.membership(dan), "join", "a process that did not make the leave");
  await using again = await openReceiver({ keys, clock, database: receiver.database });
  const reread = await again.rooms.open(room.roomId);
  const standing = reread?.tip.state.get("m.room.member", dan);
  assert.equal(standing?.pdu.content["membership"], "leave");
  assert.equal(standing?.pdu.sender, dan);
  assert.notEqual(standing?.id, leave?.id);
  assert.equal(reread?.authority.membership(cat), "join", "another server's to send again");
});
