import assert from "node:assert/strict";
import { findOwnerRivals } from "../../server/federation/owner_rivals.ts";
import { buildTimelineEvent } from "../../core/event/build.ts";
import type { HeldEvent } from "../../core/event/event.ts";
import type { JsonValue } from "../../core/event/json.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { signEventHash } from "../../core/event/sign.ts";
import { signatureName } from "../../core/ids/key_id.ts";
import { limits } from "../../core/limits.ts";
import { bitsOf, DEFAULT_EVERYONE_BITS, formatBits } from "../../core/permissions/bits.ts";
import { TEST_TS, testServer } from "../harness/events.ts";
import { ManualClock } from "../harness/parts.ts";
import { seededRng } from "../harness/seeded_rng.ts";
import { waitFor } from "../harness/wait_for.ts";
import { openReceiver } from "./receiver.ts";
import { pduOf, person, RemoteRoom } from "./remote_room.ts";
import { nameOf, TestKeys } from "./test_keys.ts";

const one = testServer("one.example", 1);
const two = testServer("two.example", 2);
const ann = person("ann", one);
const bob = person("bob", two);
const cat = person("cat", one);
const HOUR_MS = 3_600_000;

async function opened(options: { readonly barred?: ReadonlyMap<ServerName, string> } = {}) {
  const everyone = formatBits(DEFAULT_EVERYONE_BITS | bitsOf("SEND_IN_THREADS"));
  const room = await RemoteRoom.guild([one, two], { owner: ann, members: [bob, cat], everyone });
  const clock = new ManualClock(TEST_TS + HOUR_MS);
  const keys = new TestKeys(one, two);
  const receiver = await openReceiver({ keys, clock, ...options });
  const { roomId, pdus } = room;
  await receiver.ingest.ingest({ door: "join", origin: one.name, roomId, pdus });
  const send = async (...events: readonly HeldEvent[]) => {
    const sent: JsonValue[] = events.map(pduOf);
    const results = await receiver.ingest.ingest({ door: "send", origin: one.name, pdus: sent });
    return results.map(({ outcome, reason }) => {
      const rule = reason?.split(":")[0];
      return rule === undefined ? outcome : `${outcome} ${rule}`;
    });
  };
  /** Time passes until what soft-failed was looked at again. */
  const until = async (id: EventId, outcome: string) =>
    await waitFor(`${id} to be ${outcome}`, async () => {
      clock.advance(1000);
      return (await receiver.outcomes(roomId)).get(id) === outcome ? true : undefined;
    });
  return { room, receiver, clock, keys, send, until };
}

Deno.test("what a banned person sends on an old branch is stored and not shown; a lifted ban shows it", async () => {
  const { room, receiver, send, until } = await opened();
  await using _receiver = receiver;
  const before = room.heads;
  const ban = await room.member(ann, bob, { membership: "ban" });
  const said = await room.message({ sender: bob, refs: before, prev: [] });
  assert.deepEqual(await send(ban, said), ["accepted", "soft_failed timeline.right"]);
  const [graph] = await receiver.sql`
    select event_ids from graph_heads where channel_id = ${room.channel}`;
  assert.equal(graph, undefined, "it is no end of its channel");
  const [receipt] = await receiver.sql`
    select outcome, reason from inbound_receipts where event_id = ${said.id}`;
  assert.match(String(receipt?.["reason"]), /timeline.right/);
  // The ban is lifted and bob joins again: his present membership allows what he said.
  const unban = await room.member(ann, bob, { membership: "leave" });
  const join = await room.join(bob);
  assert.deepEqual(await send(unban, join), ["accepted", "accepted"]);
  await until(said.id, "accepted");
  const [shown] = await receiver.sql`
    select event_ids from graph_heads where channel_id = ${room.channel}`;
  assert.deepEqual(shown?.["event_ids"], [said.id]);
});

Deno.test("a voluntary leave does not silence what was said before it", async () => {
  const { room, receiver, send } = await opened();
  await using _receiver = receiver;
  const before = room.heads;
  const said = await room.message({ sender: bob, refs: before, prev: [] });
  const leave = await room.member(bob, bob, { membership: "leave" });
  const after = await room.message({ sender: bob, refs: before, prev: [] });
  assert.deepEqual(await send(leave, said, after), [
    "accepted",
    "accepted",
    "soft_failed timeline.right",
  ]);
});

Deno.test("a soft-failed control event counts once an accepted one descends from it", async () => {
  const { room, receiver, send } = await opened();
  await using _receiver = receiver;
  const fork = room.heads;
  const ban = await room.member(ann, bob, { membership: "ban" });
  const nick = await room.control({
    type: "m.member.profile",
    sender: bob,
    stateKey: bob,
    content: { nickname: "Bobby" },
    prev: fork,
  });
  assert.deepEqual(await send(ban, nick), ["accepted", "soft_failed member_profile"]);
  const held = await receiver.rooms.open(room.roomId);
  assert.deepEqual(held?.tip.heads, [ban.id]);
  const merge = await room.control({ type: "m.merge", sender: ann, prev: [ban.id, nick.id] });
  assert.deepEqual(await send(merge), ["accepted"]);
  assert.equal((await receiver.outcomes(room.roomId)).get(nick.id), "accepted");
  assert.deepEqual(held?.tip.heads, [merge.id]);
});

Deno.test("an event dated ahead is shown when its time has come", async () => {
  const { room, receiver, clock, send, until } = await opened();
  await using _receiver = receiver;
  const ts = clock.now() + limits.receive.maxFutureMs + 20_000;
  const early = await room.message({ sender: bob, ts, prev: [] });
  assert.deepEqual(await send(early), ["soft_failed now.future"]);
  await until(early.id, "accepted");
});

Deno.test("slow mode, a locked thread and the pace of merges soft-fail, and exempt those who may", async () => {
  const { room, receiver, send } = await opened();
  await using _receiver = receiver;
  const slow = await room.control({
    type: "m.channel.meta",
    sender: ann,
    stateKey: room.channel,
    content: { name: "slow", slow_mode_s: 60 },
  });
  const ts = room.ts + 1000;
  const first = await room.message({ sender: bob, ts, prev: [] });
  const second = await room.message({ sender: bob, ts: ts + 30_000 });
  const third = await room.message({ sender: bob, ts: ts + 61_000, prev: [first.id] });
  const owner = [
    await room.message({ sender: ann, ts }),
    await room.message({ sender: ann, ts: ts + 1 }),
  ];
  assert.deepEqual(await send(slow, first, second, third, ...owner), [
    "accepted",
    "accepted",
    "soft_failed now.slow_mode",
    "accepted",
    "accepted",
    "accepted",
  ]);
  const lock = await room.message({
    sender: ann,
    type: "m.thread",
    content: { relates_to: { kind: "thread", event_id: first.id }, locked: true },
    ts: ts + 200_000,
  });
  const inThread = (sender: typeof bob, at: number) =>
    room.message({
      sender,
      ts: ts + at,
      content: {
        msgtype: "text",
        body: "in it",
        relates_to: { kind: "thread", event_id: first.id },
      },
    });
  assert.deepEqual(
    await send(lock, await inThread(bob, 300_000), await inThread(ann, 300_001)),
    ["accepted", "soft_failed now.locked", "accepted"],
  );
  // More than one merge a minute and server.
  const merges: HeldEvent[] = [];
  for (let at = 0; at < 2; at++) {
    const fork = room.heads;
    const sides = [1, 2].map((side) => ({
      type: "m.guild.meta",
      sender: ann,
      stateKey: "",
      content: { name: `${at} ${side}` },
      prev: fork,
    }));
    for (const side of sides) merges.push(await room.control(side));
    merges.push(await room.control({ type: "m.merge", sender: cat }));
  }
  const outcomes = await send(...merges);
  assert.equal(outcomes[2], "accepted");
  assert.equal(outcomes.at(-1), "soft_failed now.merge_rate");
});

Deno.test("server ACL and the policy of this server soft-fail; a revoked key does until a newer one signs too", async () => {
  const { room, receiver, send, keys, until } = await opened();
  await using _receiver = receiver;
  keys.refused.set(nameOf(two), "it was revoked");
  const hello = await room.message({ sender: bob, prev: [] });
  assert.deepEqual(await send(hello), ["soft_failed now.key"]);
  const newer = testServer("two.example", 22);
  const entry = { ...newer.entry, valid_from: newer.entry.valid_from + 1000 };
  keys.held.set(nameOf(newer), entry);
  const again = {
    ...hello,
    pdu: {
      ...hello.pdu,
      signatures: {
        [two.name]: {
          ...hello.pdu.signatures[two.name],
          [signatureName(newer.signer.keyId)]: await signEventHash(hello.hash, newer.signer),
        },
      },
    },
  };
  assert.deepEqual(await send(again), ["soft_failed held already"]);
  await until(hello.id, "accepted");
  keys.refused.clear();
  const acl = await room.control({
    type: "m.room.server_acl",
    sender: ann,
    stateKey: "",
    content: { allow: ["*"], deny: ["two.example"], allow_ip_literals: true },
  });
  const barred = await room.message({ sender: bob });
  assert.deepEqual(await send(acl, barred), ["accepted", "soft_failed now.acl"]);
});

Deno.test("a server that this one does not speak with is soft-failed, whoever hands its events in", async () => {
  const { room, receiver, send } = await opened({ barred: new Map([[two.name, "blocked"]]) });
  await using _receiver = receiver;
  assert.deepEqual(await send(await room.message({ sender: bob, prev: [] })), [
    "soft_failed now.policy",
  ]);
});

Deno.test("A15: a rival hand-over more than an hour after the one that was accepted changes nothing, and is kept as proof", async () => {
  const { room, receiver, clock, send } = await opened();
  await using _receiver = receiver;
  const fork = room.heads;
  const handOver = (to: typeof bob, ts: number) => ({
    type: "m.guild.owner",
    sender: ann,
    stateKey: "",
    content: { user: to },
    ts,
    prev: fork,
  });
  const first = await room.control(handOver(cat, room.ts + 10));
  assert.deepEqual(await send(first), ["accepted"]);
  const rivals = async () => [
    ...await findOwnerRivals(receiver.sql, [room.roomId], clock.now()),
  ];
  assert.deepEqual(await rivals(), []);
  clock.advance(2 * HOUR_MS);
  const rival = await room.control({ ...handOver(ann, room.ts - 5), content: { user: ann } });
  assert.deepEqual(await send(rival), ["soft_failed now.rival_owner"]);
  const held = await receiver.rooms.open(room.roomId);
  assert.equal(held?.authority.owner(), cat);
  const [noticed, ...more] = await rivals();
  assert.deepEqual(more, []);
  assert.deepEqual([noticed?.event_id, noticed?.rival_id], [rival.id, first.id]);
  assert.deepEqual([noticed?.sender, noticed?.new_owner], [ann, ann]);
});

Deno.test("A10 A21: what cites a rejected event is rejected, and one that cites a message as authority is too", async () => {
  const { room, receiver, send } = await opened();
  await using _receiver = receiver;
  const said = await room.message({ sender: bob, prev: [] });
  const bad = await room.draft({
    type: "m.guild.meta",
    sender: bob,
    stateKey: "",
    content: { name: "mine" },
  });
  room.put(bad);
  const after = await room.message({ sender: ann, refs: [bad.id], prev: [] });
  assert.deepEqual(await send(said, bad, after), [
    "accepted",
    "rejected guild_meta",
    "rejected cited",
  ]);
  const reasonFor = async ({ id }: HeldEvent) => {
    const [row] = await receiver.sql`select reason from inbound_receipts where event_id = ${id}`;
    return String(row?.["reason"]);
  };
  assert.equal(await reasonFor(after), `cited: cites ${bad.id}, which is rejected`);
  const refs = await buildTimelineEvent({
    type: "m.room.message",
    sender: bob,
    roomId: room.roomId,
    channelId: room.channel,
    originTs: ++room.ts,
    content: { msgtype: "text", body: "x" },
    prevEvents: [],
    stateRefs: [said.id],
  }, { signer: two.signer, rng: seededRng(5) });
  const [outcome] = await send(refs);
  assert.equal(outcome, "rejected cited");
  assert.match(await reasonFor(refs), /^cited: cites .*no control event$/);
});
