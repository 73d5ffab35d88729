import assert from "node:assert/strict";
import { getControl, getHeads, missingEvents } from "../../core/api/federation/events.ts";
import { sendMembership } from "../../core/api/federation/membership.ts";
import type { FederationOperation } from "../../core/api/federation/operation.ts";
import type { ControlEvent } from "../../core/event/event.ts";
import { nobleBlake3 } from "../../core/event/hash.ts";
import type { JsonValue } from "../../core/event/json.ts";
import { StrictVerifier } from "../../core/event/verify.ts";
import type { KeyName } from "../../core/event/verify_event.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { UnverifiableRoomError } from "../../federation/perform/import_room.ts";
import { keyNameText, type Transport, TransportError } from "../../federation/ports.ts";
import { type TestServer, testServer, userId } from "../../tests/harness/events.ts";
import { SignedRoom } from "../../tests/harness/signed_room.ts";
import { silentLog } from "../system/log.ts";
import { checkRoom } from "./check_room.ts";
import type { Joining } from "./joining_rows.ts";

const [one, two, home] = [
  testServer("one.example", 1),
  testServer("two.example", 2),
  testServer("home.example", 3),
] as const;
const bob = userId("@bob:two.example");
const me = userId("@me:home.example");
const PAGE = 4;

/** What one server answers; a page beyond `diesAfter` never comes. */
interface Peer {
  readonly events: readonly ControlEvent[];
  readonly diesAfter?: number;
  readonly pdus?: readonly JsonValue[];
}

/** Answers as servers do that hold these graphs, and remembers what was asked of whom. */
function network(peers: Readonly<Record<string, Peer>>) {
  const asked: string[] = [];
  const met = new Set<string>(["one.example"]);
  const call = (to: ServerName, operation: FederationOperation, request: unknown) => {
    asked.push(`${operation.id} ${to}`);
    const peer = peers[to];
    if (peer === undefined) throw new TransportError("unreachable", `${to} is away`);
    const pdus = peer.pdus ?? peer.events.map((event) => event.pdu as unknown as JsonValue);
    if (operation.id === sendMembership.id) {
      met.add(to);
      return { pdu: (request as { pdu: JsonValue }).pdu };
    }
    // Who has not heard of the join answers nothing.
    if (!met.has(to)) throw new TransportError("refused", "not found", { code: "not_found" });
    switch (operation.id) {
      case getControl.id: {
        const at = Number((request as { from?: string }).from ?? "0");
        if (peer.diesAfter !== undefined && at >= peer.diesAfter) {
          throw new TransportError("unreachable", `${to} died`);
        }
        const end = at + PAGE;
        const next = end < pdus.length ? String(end) : null;
        return { pdus: pdus.slice(at, end), keys: [], next, total: pdus.length };
      }
      case getHeads.id:
        return { control: [peer.events.at(-1)?.id], state_hash: "", channels: {} };
      case missingEvents.id:
        return { pdus, keys: [] };
    }
    throw new Error(`${operation.id} is not asked here`);
  };
  const transport: Pick<Transport, "call"> = {
    call: (to, operation, request) =>
      Promise.resolve().then(() => call(to, operation, request) as never),
  };
  return { transport, asked };
}

function keysOf(...servers: readonly TestServer[]) {
  const held = new Map(servers.map(({ name, entry, signer }) => [
    keyNameText({ server: name, keyId: signer.keyId }),
    entry,
  ]));
  return {
    isSilent: () => false,
    obtain: (names: readonly KeyName[]) =>
      Promise.resolve(
        new Map(names.flatMap((name) => {
          const entry = held.get(keyNameText(name));
          return entry === undefined ? [] : [[keyNameText(name), entry] as const];
        })),
      ),
  };
}

/** A guild of one.example that somebody of home.example has just joined. */
async function joinedGuild() {
  const room = await SignedRoom.open([one, two, home]);
  for (let at = 0; at < 10; at++) {
    const user = userId(`@u${at}:two.example`);
    await room.member(user, user, { membership: "join" });
  }
  const join = await room.member(me, me, { membership: "join" });
  return { room, join };
}

async function check(room: SignedRoom, join: ControlEvent, peers: Readonly<Record<string, Peer>>) {
  const { transport, asked } = network(peers);
  const taken: EventId[] = [];
  const joining: Joining = {
    roomId: room.roomId,
    userId: me,
    helper: one.name,
    servers: [two.name],
    answer: { pdu: join.pdu as unknown as JsonValue, state: [], channels: {}, keys: [] },
    total: 0,
    startedTs: 0,
  };
  const graph = await checkRoom({
    transport,
    keys: keysOf(one, two, home),
    verifier: new StrictVerifier(),
    blake3: nobleBlake3,
    log: silentLog,
  }, {
    joining,
    ownName: home.name,
    take: ({ event }) => taken.push(event.id),
    progress: () => undefined,
  });
  return { graph, taken, asked };
}

Deno.test("TestJoinFederatedRoomFailOver: a helper that dies in the middle is replaced, and nothing is taken twice", async () => {
  const { room, join } = await joinedGuild();
  const { graph, taken, asked } = await check(room, join, {
    "one.example": { events: room.events, diesAfter: 8 },
    "two.example": { events: room.events },
  });
  assert.deepEqual(taken, room.events.map((event) => event.id));
  assert.deepEqual(graph.heads, [join.id]);
  const first = asked.indexOf("getControl two.example");
  const introduced = asked.indexOf("sendMembership two.example");
  assert.ok(introduced >= 0 && introduced < first, "it is shown the join before it is asked");
});

Deno.test("what another server holds beyond the helper is taken in: a helper cannot hide a ban", async () => {
  const { room, join } = await joinedGuild();
  const shown = [...room.events];
  const owner = userId("@owner:one.example");
  const ban = await room.add({
    type: "m.room.member",
    sender: owner,
    stateKey: bob,
    content: { membership: "ban" },
  });
  const { graph } = await check(room, join, {
    "one.example": { events: shown },
    "two.example": { events: room.events },
  });
  assert.equal(graph.current().get("m.room.member", bob)?.id, ban.id);
});

Deno.test("a helper without events for the join proves nothing, and another is asked before it is given up", async () => {
  const { room, join } = await joinedGuild();
  // One event of those that the join stands on is not as it was signed.
  const broken = room.pdus().map((pdu, at) =>
    at === 6 ? { ...pdu as Record<string, JsonValue>, origin_ts: 1_790_000_000_001 } : pdu
  );
  const peers = { "one.example": { events: room.events, pdus: broken } };
  await assert.rejects(check(room, join, peers), UnverifiableRoomError);
  const { graph } = await check(room, join, {
    ...peers,
    "two.example": { events: room.events },
  });
  assert.deepEqual(graph.heads, [join.id]);
});
