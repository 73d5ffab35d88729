/** What soft-fails of one server fills no other's disk. PROTOCOL.md 7. */
import assert from "node:assert/strict";
import type { HeldEvent } from "../../core/event/event.ts";
import { limits } from "../../core/limits.ts";
import { forgetSoftFailed } from "../../server/federation/inbound_rooms.ts";
import { waitFor } from "../harness/wait_for.ts";
import { wire } from "./shadow_room.ts";
import { openSiege, untilShown } from "./siege.ts";

const MAX = limits.receive.maxSoftFailedPerServer;
const BATCH = limits.transaction.maxPdus;
const HOUR = 3_600_000;

Deno.test("a hostile server's soft-failed events are stored up to a bound, and what others need comes in", async (t) => {
  await using siege = await openSiege();
  const guest = await siege.enter();
  const { peer, general, roomId } = siege;
  const { sql } = siege.server.parts.database;
  const later = () => Date.now() + HOUR;
  const stored = async () => {
    const rows = await sql<{ is_message: boolean }[]>`
      select channel_id is not null as is_message from events
      where room_id = ${roomId} and outcome = 'soft_failed'`;
    return { all: rows.length, messages: rows.filter((row) => row.is_message).length };
  };

  await t.step(
    "dated ahead, they soft-fail until the bound, and are dropped beyond it",
    async () => {
      const outcomes: string[] = [];
      for (let sent = 0; sent < MAX + BATCH; sent += BATCH) {
        const said: HeldEvent[] = [];
        for (let at = 0; at < BATCH; at++) {
          said.push(await guest.say(general, `ahead ${sent + at}`, { ts: later() }));
        }
        const results = await guest.push(said);
        outcomes.push(...results.map(({ outcome }) => outcome));
      }
      assert.deepEqual(new Set(outcomes.slice(0, MAX)), new Set(["soft_failed"]));
      assert.deepEqual(new Set(outcomes.slice(MAX)), new Set(["dropped"]));
      assert.deepEqual(await stored(), { all: MAX, messages: MAX });
    },
  );

  await t.step("what is in order is taken in from that server and from others", async () => {
    const said = await guest.say(general, "in order");
    assert.equal((await guest.push([said]))[0]?.outcome, "accepted");
    guest.room.learn(said);
    await untilShown(siege, "in order");
    await siege.owner.do("POST", `/rooms/${roomId}/send`, { channel_id: general, body: "me too" });
  });

  await t.step("a control event that is dropped comes in when another rests on it", async () => {
    const nickname = { type: "m.member.profile", stateKey: guest.user };
    await guest.readControl();
    const ahead = await guest.make({ ...nickname, content: { nickname: "ahead" }, ts: later() });
    assert.equal((await guest.push([ahead]))[0]?.outcome, "dropped");
    guest.room.learn(ahead);
    const give = () => ({ pdus: [wire(ahead)], keys: [] });
    peer.answers.set("/_federation/missing_events", give);
    peer.answers.set("/_federation/events", give);
    const next = await guest.make({ ...nickname, content: { nickname: "now" } });
    assert.equal((await guest.push([next]))[0]?.outcome, "waiting");
    await waitFor("the control event to count", async () => {
      const both = await Promise.all([ahead, next].map(({ id }) => siege.stored(id)));
      return both.every((outcome) => outcome === "accepted");
    });
  });

  await t.step("old messages among them are forgotten", async () => {
    await forgetSoftFailed(sql, Date.now() - HOUR);
    assert.equal((await stored()).messages, MAX);
    assert.equal(await forgetSoftFailed(sql, Date.now() + 1), MAX);
    assert.equal((await stored()).messages, 0);
    assert.ok((await siege.shown()).includes("in order"));
  });
});
