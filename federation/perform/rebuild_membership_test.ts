import assert from "node:assert/strict";
import {
  makeMembership,
  type MembershipPlace,
  sendMembership,
} from "../../core/api/federation/membership.ts";
import { selectAuthEvents } from "../../core/auth/select_auth_events.ts";
import { authEventsAt } from "../../core/auth/select_auth_events.ts";
import { buildControlEvent } from "../../core/event/build.ts";
import type { ControlEvent } from "../../core/event/event.ts";
import type { JsonObject, JsonValue } from "../../core/event/json.ts";
import { eventHash } from "../../core/event/hash.ts";
import { type EventSigner, signEventHash, taggedBytes } from "../../core/event/sign.ts";
import { signatureName } from "../../core/ids/key_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import { StateMap } from "../../core/state/state_map.ts";
import {
  randomEventId,
  serverName,
  TEST_TS,
  testServer,
  userId,
} from "../../tests/harness/events.ts";
import { seededRandom } from "../../tests/harness/seeded_random.ts";
import { seededRng } from "../../tests/harness/seeded_rng.ts";
import { ManualClock } from "../../tests/harness/parts.ts";
import { TransportError } from "../ports.ts";
import { askMembership } from "./ask_membership.ts";
import { BadPlaceError, type MembershipWish, rebuildMembership } from "./rebuild_membership.ts";

const helper = testServer("helper.example", 1);
const home = testServer("home.example", 2);
const owner = userId("@owner:helper.example");
const alice = userId("@alice:home.example");
const bob = userId("@bob:home.example");
const rng = seededRng(3);

/** A guild of the helper with everything that a membership may rest on. */
async function guild(rule: JsonObject) {
  let state = StateMap.EMPTY;
  const events: ControlEvent[] = [];
  const add = async (type: string, stateKey: string, content: JsonObject) => {
    const last = events.at(-1);
    const draft = { type, sender: owner, state_key: stateKey, content };
    const event = await buildControlEvent({
      type,
      sender: owner,
      stateKey,
      content,
      originTs: TEST_TS,
      ...(last === undefined ? {} : { roomId: last.roomId }),
      prevEvents: last === undefined ? [] : [last.id],
      authEvents: last === undefined ? [] : selectAuthEvents(draft, state),
    }, { signer: helper.signer, rng });
    events.push(event);
    state = state.with(event);
  };
  await add("m.room.create", "", {
    room_version: "og1",
    nonce: "1111111111111111",
    kind: "guild",
    federate: true,
  });
  await add("m.guild.owner", "", { user: owner });
  await add("m.room.member", owner, { membership: "join" });
  await add("m.guild.roles", "", { everyone: "ffff", roles: {} });
  await add("m.room.join_rules", "", rule);
  await add("m.room.member", alice, { membership: "invite" });
  await add("m.room.timeout", bob, { until: TEST_TS + 1000 });
  return { events, state, roomId: events[0]?.roomId as RoomId };
}

type Guild = Awaited<ReturnType<typeof guild>>;

function goodPlace(
  { events, state, roomId }: Guild,
  wish: MembershipWish,
  authorised?: { readonly authorised_via: string },
): MembershipPlace {
  const draft = {
    type: "m.room.member",
    sender: wish.user,
    state_key: wish.user,
    content: { membership: wish.membership, ...authorised },
  };
  return {
    ...authorised,
    room_id: roomId,
    create: asValue(events[0]),
    prev_events: [events.at(-1)?.id ?? ""],
    auth_events: authEventsAt(draft, state).map(asValue),
  };
}

function asValue(event: ControlEvent | undefined): JsonValue {
  return event?.pdu as unknown as JsonValue;
}

/** Signs, and remembers every byte string that it signed. */
function watchedSigner(signed: Uint8Array[]): EventSigner {
  return {
    keyId: home.signer.keyId,
    sign: (bytes) => {
      signed.push(bytes);
      return home.signer.sign(bytes);
    },
  };
}

function assertOnlyTheWish(event: ControlEvent, wish: MembershipWish, place: MembershipPlace) {
  const { signatures, salt, content_hash: _hash, auth_events: auth, prev_events: prev, ...rest } =
    event.pdu;
  assert.ok(salt);
  assert.deepEqual(Object.keys(signatures), [home.name]);
  const { authorised_via: via } = place;
  assert.deepEqual({ ...rest }, {
    type: "m.room.member",
    room_id: wish.roomId,
    sender: wish.user,
    state_key: wish.user,
    origin_server: home.name,
    origin_ts: TEST_TS,
    content: via === undefined || wish.membership !== "join"
      ? { membership: wish.membership }
      : { membership: "join", authorised_via: via },
  });
  assert.deepEqual([...prev].sort(), [...new Set(place.prev_events)].sort());
  assert.ok(auth.length <= place.auth_events.length);
}

/** What a hostile helper may try; each changes the answer in one way. */
const TRICKS: readonly ((place: Loose, at: Scene) => void)[] = [
  (place, { other }) => place["room_id"] = other.roomId,
  (place, { other }) => place["create"] = asValue(other.events[0]),
  (place, { guild: { events }, pick }) => place["create"] = asValue(pick(events)),
  (place, { guild: { events }, pick }) => place["auth_events"] = [asValue(pick(events))],
  (place, { other, pick }) =>
    place["auth_events"] = [...place["auth_events"] as JsonValue[], asValue(pick(other.events))],
  (place, { guild: { events }, pick }) =>
    place["auth_events"] = [...place["auth_events"] as JsonValue[], asValue(pick(events))],
  (place) => place["auth_events"] = [],
  (place, { random }) => (place["auth_events"] as JsonValue[]).splice(Math.floor(random() * 6), 1),
  (place) =>
    place["auth_events"] = (place["auth_events"] as JsonObject[]).map((pdu) => ({
      ...pdu,
      content: { membership: "ban" },
    })),
  (place, { pick }) =>
    place["authorised_via"] = pick([owner, alice, bob, "nobody", "@x:else.example", ""]),
  (place, { pick }) =>
    place["prev_events"] = pick([[], ["x"], ["$"], [randomEventId(rng)], Array(21).fill("$1")]),
  (place) => place["prev_events"] = Array.from({ length: 20 }, () => randomEventId(rng)),
  // A whole template, as older protocols hand out: none of it may be signed.
  (place) => place["event"] = { type: "m.guild.owner", sender: bob, content: { user: owner } },
  (place) => Object.assign(place, { type: "m.guild.roles", state_key: "", sender: bob }),
  (place) => Object.assign(place, { content: { membership: "join", kind: "bot" }, origin_ts: 1 }),
];

type Loose = Record<string, unknown>;
interface Scene {
  readonly guild: Guild;
  readonly other: Guild;
  readonly random: () => number;
  pick<T>(list: readonly T[]): T;
}

Deno.test("G17: of a thousand hostile places none gets a signature on anything but one's own wish", async () => {
  const random = seededRandom(17);
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)] as T;
  const guilds = await Promise.all([
    guild({ rule: "invite" }),
    guild({ rule: "knock" }),
    guild({ rule: "restricted", allow: [] }),
    guild({ rule: "public" }),
  ]);
  let refusals = 0;
  let signatures = 0;
  for (let round = 0; round < 1000; round++) {
    const scene: Scene = { guild: pick(guilds), other: pick(guilds), random, pick };
    const wish: MembershipWish = {
      roomId: scene.guild.roomId,
      user: pick([alice, bob]),
      membership: pick(["join", "leave", "knock"]),
    };
    const place = structuredClone(goodPlace(scene.guild, wish)) as unknown as Loose;
    for (let tricks = Math.floor(random() * 3); tricks >= 0; tricks--) pick(TRICKS)(place, scene);
    const signed: Uint8Array[] = [];
    const offered = place as unknown as MembershipPlace;
    try {
      const event = await rebuildMembership(wish, offered, {
        helper: helper.name,
        nowMs: TEST_TS,
        signer: watchedSigner(signed),
        rng,
      });
      assertOnlyTheWish(event, wish, offered);
      assert.deepEqual(signed, [taggedBytes("event/og1", event.hash)]);
      signatures++;
    } catch (error) {
      assert.ok(error instanceof BadPlaceError, String(error));
      assert.deepEqual(signed, []);
      refusals++;
    }
  }
  assert.ok(refusals > 50 && signatures > 50, `${refusals} refused, ${signatures} signed`);
});

Deno.test("an honest place gives the event that was wished for, and the rules decide it here too", async () => {
  const room = await guild({ rule: "invite" });
  const options = { helper: helper.name, nowMs: TEST_TS, signer: home.signer, rng };
  const join: MembershipWish = { roomId: room.roomId, user: alice, membership: "join" };
  const event = await rebuildMembership(join, goodPlace(room, join), options);
  assertOnlyTheWish(event, join, goodPlace(room, join));
  const uninvited: MembershipWish = { ...join, user: bob };
  await assert.rejects(
    rebuildMembership(uninvited, goodPlace(room, uninvited), options),
    /is not invited/,
  );
});

Deno.test("TestRestrictedRoomsRemoteJoinFailOver: where one server cannot vouch and another is away, the next one is asked", async () => {
  const room = await guild({ rule: "restricted" });
  const wish: MembershipWish = { roomId: room.roomId, user: bob, membership: "join" };
  const [unable, away] = [serverName("unable.example"), serverName("away.example")];
  const place = goodPlace(room, wish, { authorised_via: owner });
  const asked: string[] = [];
  const call = async (to: ServerName, operation: { readonly id: string }, request: unknown) => {
    asked.push(`${operation.id} ${to}`);
    if (to === away) throw new TransportError("unreachable", `${to} is away`);
    // The voucher is the helper's user: a place with it from another server is signed by nobody.
    if (operation.id === makeMembership.id) return place as never;
    const { pdu } = request as { readonly pdu: ControlEvent["pdu"] };
    const vouched = await signEventHash(eventHash(pdu), helper.signer);
    const signatures = {
      ...pdu.signatures,
      [helper.name]: { [signatureName(helper.signer.keyId)]: vouched },
    };
    return { pdu: { ...pdu, signatures } } as never;
  };
  const ports = {
    transport: { call },
    signer: { current: () => Promise.resolve(home.signer) },
    clock: new ManualClock(TEST_TS),
    rng,
  };
  const accepted = await askMembership(ports, wish, [unable, away, helper.name]);
  assert.equal(accepted.helper, helper.name);
  assert.equal(accepted.event.pdu.content["authorised_via"], owner);
  assert.deepEqual(Object.keys(accepted.event.pdu.signatures).sort(), [helper.name, home.name]);
  assert.deepEqual(asked, [
    `${makeMembership.id} ${unable}`,
    `${makeMembership.id} ${away}`,
    `${makeMembership.id} ${helper.name}`,
    `${sendMembership.id} ${helper.name}`,
  ]);
  await assert.rejects(askMembership(ports, wish, [unable, away]), { name: "TransportError" });
});
