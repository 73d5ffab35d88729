/**
 * The character U+0000 may stand in any text of an event (PROTOCOL.md 2), and the database's text
 * and JSON refuse it: what holds one is stored like any other event, and harms none that follow.
 */
import assert from "node:assert/strict";
import type { HeldEvent } from "../../core/event/event.ts";
import { TEST_TS, testServer } from "../harness/events.ts";
import { ManualClock } from "../harness/parts.ts";
import { openReceiver } from "./receiver.ts";
import { pduOf, person, RemoteRoom } from "./remote_room.ts";
import { TestKeys } from "./test_keys.ts";

const one = testServer("one.example", 1);
const two = testServer("two.example", 2);
const ann = person("ann", one);
const bob = person("bob", two);
const TEXT = "a\u0000b";

/** Events of every type whose text ends up in a column or is looked into by the database. */
function wishes(room: RemoteRoom, rootId: HeldEvent["id"]): (() => Promise<HeldEvent>)[] {
  const state = (type: string, stateKey: string, content: Record<string, string>) => () =>
    room.control({ type, sender: ann, stateKey, content });
  const said = (type: string, content: Record<string, string | string[]>) => () =>
    room.message({
      sender: ann,
      type,
      content: { ...content, relates_to: { kind: "thread", event_id: rootId } },
    });
  return [
    state("m.member.profile", ann, { nickname: TEXT }),
    state("m.guild.meta", "", { name: TEXT, description: TEXT }),
    state("m.channel.meta", room.channel, { name: TEXT, topic: TEXT }),
    state("x.custom", "k", { a: TEXT }),
    () =>
      room.control({
        type: "m.purge",
        sender: bob,
        content: { user: bob, from_ts: TEST_TS, to_ts: TEST_TS + 1, reason: TEXT },
      }),
    () => room.message({ sender: ann, body: TEXT }),
    said("m.thread", { title: TEXT }),
    said("m.poll", { question: TEXT, options: [TEXT, "b"] }),
    said("x.custom", { a: TEXT }),
    () => room.member(bob, bob, { membership: "leave", reason: TEXT }),
    () => room.message({ sender: ann, body: "and what follows" }),
  ];
}

Deno.test("an event that holds U+0000 is stored, and so is what follows it", async () => {
  const room = await RemoteRoom.guild([one, two], { owner: ann, members: [bob] });
  await using receiver = await openReceiver({
    keys: new TestKeys(one, two),
    clock: new ManualClock(TEST_TS + 60_000),
  });
  const arrive = async (event: HeldEvent) => {
    const origin = event.pdu.origin_server as typeof one.name;
    const [result] = await receiver.ingest.ingest({ door: "send", origin, pdus: [pduOf(event)] });
    assert.equal(result?.outcome, "accepted", `${event.pdu.type}: ${result?.reason}`);
  };
  await receiver.ingest.ingest({
    door: "join",
    origin: one.name,
    roomId: room.roomId,
    pdus: room.pdus,
  });
  const root = await room.message({ sender: ann, body: "root" });
  await arrive(root);
  for (const make of wishes(room, root.id)) await arrive(await make());
});
