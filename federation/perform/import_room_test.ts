import assert from "node:assert/strict";
import type { FederationOperation } from "../../core/api/federation/operation.ts";
import type { ControlEvent } from "../../core/event/event.ts";
import type { JsonValue } from "../../core/event/json.ts";
import { StrictVerifier } from "../../core/event/verify.ts";
import type { KeyName } from "../../core/event/verify_event.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import { type TestServer, testServer, userId } from "../../tests/harness/events.ts";
import { SignedRoom } from "../../tests/harness/signed_room.ts";
import { keyNameText, type Transport } from "../ports.ts";
import type { GraphStep } from "./import_graph.ts";
import { RoomImport } from "./import_room.ts";

const one = testServer("one.example", 1);
const two = testServer("two.example", 2);
const owner = userId("@owner:one.example");
const ann = userId("@ann:two.example");
const bob = userId("@bob:two.example");
const PAGE = 3;

/** Gives out a control graph page by page, as it stands in the list. */
function pagesOf(pdus: readonly JsonValue[]): Pick<Transport, "call"> {
  return {
    call: (_to, _operation: FederationOperation, request) => {
      const at = Number((request as { from?: string }).from ?? "0");
      const following = at + PAGE;
      return Promise.resolve({
        pdus: pdus.slice(at, following),
        keys: [],
        next: following < pdus.length ? String(following) : null,
        total: pdus.length,
      } as never);
    },
  };
}

function keysOf(...servers: readonly TestServer[]) {
  const held = new Map(servers.map(({ name, entry, signer }) => [
    keyNameText({ server: name, keyId: signer.keyId }),
    entry,
  ]));
  return {
    obtain: (names: readonly KeyName[]) =>
      Promise.resolve(
        new Map(names.flatMap((name) => {
          const entry = held.get(keyNameText(name));
          return entry === undefined ? [] : [[keyNameText(name), entry] as const];
        })),
      ),
  };
}

async function importOf(
  room: SignedRoom,
  pdus: readonly JsonValue[],
  servers: readonly TestServer[] = [one, two],
) {
  const steps: GraphStep[] = [];
  const progress: [number, number][] = [];
  const run = new RoomImport({
    transport: pagesOf(pdus),
    keys: keysOf(...servers),
    verifier: new StrictVerifier(),
  }, {
    roomId: room.roomId,
    take: (step) => steps.push(step),
    progress: (done, total) => progress.push([done, total]),
  });
  await run.readFrom(one.name);
  assert.ok(run.graph);
  return { graph: run.graph, left: run.left, steps, progress };
}

Deno.test("a joined room is rebuilt event by event: the same state, heads and steps as where it was made", async () => {
  const room = await SignedRoom.open([one, two]);
  await room.member(ann, ann, { membership: "join" });
  await room.member(owner, bob, { membership: "ban" });
  const { graph, left, steps, progress } = await importOf(room, room.pdus());
  assert.deepEqual(left, []);
  assert.equal(graph.size, room.events.length);
  assert.deepEqual(graph.heads, [room.events.at(-1)?.id]);
  assert.deepEqual(idsOf(graph.current().events()), idsOf(room.state.events()));
  assert.deepEqual(steps.map((step) => step.event.id), room.events.map((event) => event.id));
  assert.deepEqual(progress.at(-1), [room.events.length, room.events.length]);
});

Deno.test("both sides of a fork are taken, and what joins them stands on the resolved state", async () => {
  const room = await SignedRoom.open([one, two]);
  const [fork] = room.events.slice(-1) as [ControlEvent];
  const before = room.state;
  const at = { prev: [fork], before };
  const join = { type: "m.room.member", content: { membership: "join" } };
  const left = await room.build({ ...join, ...at, sender: ann, stateKey: ann });
  const right = await room.build({
    ...at,
    type: "m.room.member",
    sender: owner,
    stateKey: bob,
    content: { membership: "ban" },
  });
  const joined = await room.build({
    type: "m.guild.meta",
    sender: owner,
    stateKey: "",
    content: { name: "Both" },
    prev: [left, right],
    before: before.with(left).with(right),
  });
  const all = [...room.events, left, right, joined];
  const { graph, left: reasons, steps } = await importOf(room, room.pdus(all));
  assert.deepEqual(reasons, []);
  assert.deepEqual(graph.heads, [joined.id]);
  assert.equal(graph.current().get("m.room.member", bob)?.id, right.id);
  const last = steps.at(-1) as GraphStep;
  const told = [...last.beforeBase.differing(last.after)].length;
  assert.equal(told, 2, "what the other side changed is part of the step");
});

Deno.test("TestJoinFederatedRoomWithUnverifiableEvents: they and what rests on them are left out", async () => {
  const room = await SignedRoom.open([one, two]);
  const other = await SignedRoom.open([testServer("evil.example", 9)]);
  const good = await room.build({
    type: "m.room.member",
    sender: ann,
    stateKey: ann,
    content: { membership: "join" },
  });
  // Signed by a server whose key nobody gives, and an event that rests on it.
  const evil = userId("@eve:evil.example");
  const forged = {
    ...good,
    pdu: { ...good.pdu, content: { membership: "join", kind: "bot" } },
  };
  const stranger = asStranger(good, { sender: evil, from: other.events[0] as ControlEvent });
  const { graph, left } = await importOf(room, [
    ...room.pdus(),
    ...room.pdus([forged as ControlEvent]),
    stranger,
    ...other.pdus(),
    "nonsense",
    ...room.pdus([good]),
  ]);
  assert.equal(graph.size, room.events.length + 1);
  assert.deepEqual(graph.heads, [good.id]);
  assert.ok(left.length >= 4, left.join("\n"));
});

Deno.test("Event with an invalid signature in the send_join response should not cause room join to fail", async () => {
  const room = await SignedRoom.open([one, two]);
  await room.member(ann, ann, { membership: "join" });
  const bad = await room.build({
    type: "m.room.member",
    sender: bob,
    stateKey: bob,
    content: { membership: "join" },
  });
  const signed = Object.entries(bad.pdu.signatures).map(([server, keys]) => [
    server,
    Object.fromEntries(Object.keys(keys).map((key) => [key, "A".repeat(86)])),
  ]);
  const forged = { ...bad.pdu, signatures: Object.fromEntries(signed) } as unknown as JsonValue;
  const { graph, left } = await importOf(room, [...room.pdus(), forged]);
  assert.equal(graph.size, room.events.length);
  assert.deepEqual(idsOf(graph.current().events()), idsOf(room.state.events()));
  assert.equal(left.length, 1, left.join("\n"));
  // The control: the very same event with its own signature is taken.
  const whole = await importOf(room, [...room.pdus(), ...room.pdus([bad])]);
  assert.equal(whole.graph.size, room.events.length + 1);
  assert.deepEqual(whole.left, []);
});

Deno.test("events out of order wait for nothing: what cites an unknown event is left out", async () => {
  const room = await SignedRoom.open([one, two]);
  await room.member(ann, ann, { membership: "join" });
  const [create, ownerZero, ...rest] = room.pdus();
  const { graph } = await importOf(room, [create, ...rest, ownerZero] as JsonValue[]);
  assert.equal(graph.size, 2, "create and owner-zero alone have all they cite");
});

function idsOf(events: Iterable<ControlEvent>): EventId[] {
  return [...events].map((event) => event.id).sort();
}

/** A join of somebody whose server's signature is another event's. */
function asStranger(
  event: ControlEvent,
  as: { readonly sender: string; readonly from: ControlEvent },
): JsonValue {
  return {
    ...event.pdu,
    sender: as.sender,
    state_key: as.sender,
    origin_server: "evil.example",
    signatures: as.from.pdu.signatures,
  } as unknown as JsonValue;
}
