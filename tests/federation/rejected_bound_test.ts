/** What is rejected of one server fills no other's disk, and forgetting it changes no answer. PROTOCOL.md 7. */
import assert from "node:assert/strict";
import type { HeldEvent } from "../../core/event/event.ts";
import { channelIdFromBytes } from "../../core/ids/channel_id.ts";
import { limits } from "../../core/limits.ts";
import { waitFor } from "../harness/wait_for.ts";
import { Guest } from "./guest.ts";
import { HostilePeer } from "./hostile_peer.ts";
import { wire } from "./shadow_room.ts";
import { openSiege, untilShown } from "./siege.ts";

const MAX = limits.receive.maxRejectedPerServer;
const BATCH = limits.transaction.maxPdus;
/** A process looks each so many: what may stand above the bound meanwhile. */
const SLACK = 100;

Deno.test("rejected events are remembered up to a bound for each server, the last that came, and what is forgotten is rejected again", async (t) => {
  await using other = HostilePeer.start("other.test");
  await using siege = await openSiege({ peers: [other.address] });
  const guest = await siege.enter();
  const neighbor = await Guest.enter(other, siege.victim, await siege.link(), "mute");
  const { peer, general, roomId } = siege;
  const { sql } = siege.server.parts.database;
  const held = async (name: string) => {
    const [row] = await sql<{ count: number }[]>`
      select count(*)::int as count from events
      where room_id = ${roomId} and outcome = 'rejected' and sender like ${`%:${name}`}`;
    return row?.count ?? 0;
  };
  const nowhere = channelIdFromBytes(crypto.getRandomValues(new Uint8Array(16)));
  const grabOf = (who: Guest) =>
    who.make({
      type: "m.guild.member_roles",
      stateKey: who.user,
      content: { roles: ["zzz"] },
    });

  await guest.readControl();
  const grab = await grabOf(guest);
  const theirs = await grabOf(neighbor);

  await t.step("beyond the bound the oldest are forgotten, and nobody else's", async () => {
    assert.equal((await guest.push([grab]))[0]?.outcome, "rejected");
    assert.equal((await neighbor.push([theirs]))[0]?.outcome, "rejected");
    let last: HeldEvent | undefined;
    for (let sent = 0; sent < MAX + 2 * SLACK; sent += BATCH) {
      const said: HeldEvent[] = [];
      for (let at = 0; at < BATCH; at++) said.push(await guest.say(nowhere, `at ${sent + at}`));
      const results = await guest.push(said);
      assert.deepEqual(new Set(results.map(({ outcome }) => outcome)), new Set(["rejected"]));
      last = said.at(-1);
      assert(await held("evil.test") < MAX + SLACK, "the bound and what may stand above it");
    }
    assert(await held("evil.test") >= MAX);
    assert.equal(await siege.stored(grab.id), undefined);
    assert.equal(await siege.stored(theirs.id), "rejected");
    assert.equal(await siege.stored(last?.id ?? ""), "rejected");
  });

  const onTop = await guest.make({
    type: "m.member.profile",
    stateKey: guest.user,
    content: { nickname: "on top" },
    prev: [grab.id],
    auth: [grab.id],
  });

  await t.step("what cites a forgotten one waits for it, and both are rejected", async () => {
    const give = () => ({ pdus: [wire(grab)], keys: [] });
    peer.answers.set("/_federation/missing_events", give);
    peer.answers.set("/_federation/events", give);
    assert.equal((await guest.push([onTop]))[0]?.outcome, "waiting");
    await waitFor("both to be rejected", async () => {
      const both = await Promise.all([grab, onTop].map(({ id }) => siege.stored(id)));
      return both.every((outcome) => outcome === "rejected");
    });
  });

  await t.step("a message that names a forgotten one is shown all the same", async () => {
    await guest.readChannel(general);
    const first = await guest.say(nowhere, "long forgotten");
    const said = await guest.say(general, "in order", { prev: [first.id] });
    assert.equal((await guest.push([said]))[0]?.outcome, "accepted");
    await untilShown(siege, "in order");
  });
});
