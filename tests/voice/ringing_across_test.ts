/** Calls that ring on another server: two real servers, scripted callers without sound. */
import assert from "node:assert/strict";
import {
  declineRemoteVoice,
  ringRemoteVoice,
  tellVoice,
  type VoiceWord,
} from "../../core/api/federation/voice.ts";
import { RINGING } from "../../core/api/ringing.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { TransportError } from "../../federation/ports.ts";
import { Caller, StandingClock, VOICE, voicePath, type VoiceRoom } from "../harness/callers.ts";
import { type FederatedServer, type Federation, startServers } from "../harness/federated.ts";
import { testMls } from "../harness/group_devices.ts";
import { makeGuild, type Person } from "../harness/homeserver.ts";
import { call, decline, ended, missedBy, ring, rung, sees } from "../harness/ringing.ts";
import { waitFor } from "../harness/wait_for.ts";

const ONE = "one.test" as ServerName;
const TWO = "two.test" as ServerName;
/** Calls of these conversations are held by one.test. */
const AGREED = { address_to: [ONE] };

interface Scene {
  readonly one: FederatedServer;
  readonly two: FederatedServer;
  readonly federation: Federation;
  readonly clock: StandingClock;
  /** Of the first server; bob and cyd are of the second. */
  readonly ada: Caller;
  readonly eve: Caller;
  readonly bob: Caller;
  readonly cyd: Caller;
}

async function withScene(work: (scene: Scene) => Promise<void>): Promise<void> {
  const clock = new StandingClock();
  await using federation = await startServers(2, { settings: VOICE, clockOf: () => clock });
  const [one, two] = federation.servers;
  assert.ok(one && two);
  const mls = await testMls();
  using stack = new DisposableStack();
  const callersOf = async (server: FederatedServer, names: readonly string[]) => {
    const { owner, members } = await makeGuild(server, names);
    const callers = [];
    for (const person of [owner, ...members]) callers.push(stack.use(await Caller.of(mls, person)));
    return callers as [Caller, Caller];
  };
  const [ada, eve] = await callersOf(one, ["ada", "eve"]);
  const [bob, cyd] = await callersOf(two, ["bob", "cyd"]);
  await work({ one, two, federation, clock, ada, eve, bob, cyd });
}

/** The conversation of two, which `from` has begun. */
async function converse(from: Person, to: Person): Promise<VoiceRoom> {
  const { room_id, channel_id } = await from.do("POST", "/dms", { user_id: to.id });
  const stateOf = async (person: Person) =>
    (await person.do("GET", "/dms")).dms.find((dm: VoiceRoom) => dm.room_id === room_id)?.state;
  await waitFor(`${to.id} to be asked`, async () => await stateOf(to) === "invited");
  await to.do("POST", `/rooms/${room_id}/join`);
  for (const person of [from, to]) {
    await waitFor(`${person.id} to be there`, async () => await stateOf(person) === "joined");
  }
  return { room_id, channel_id };
}

/** A conversation of several, all of whom came. */
async function gather(from: Person, others: readonly Person[]): Promise<VoiceRoom> {
  const { room_id, channel_id } = await from.do("POST", "/group-dms", {
    user_ids: others.map(({ id }) => id),
  });
  const inside = async (person: Person) => {
    const { dms } = await person.do("GET", "/dms");
    const group = dms.find((dm: VoiceRoom) => dm.room_id === room_id);
    return (group?.people ?? []).filter(({ state }: { state: string }) => state === "joined")
      .length;
  };
  for (const person of others) {
    await waitFor(`${person.id} to come`, async () => {
      if (await inside(person) > 0) return true;
      await person.try("POST", `/invitations/${room_id}/accept`);
      return undefined;
    });
  }
  for (const person of [from, ...others]) {
    const all = others.length + 1;
    await waitFor(`${person.id} to see all`, async () => await inside(person) === all);
  }
  return { room_id, channel_id };
}

const quiet = (who: Caller) => who.listening.frames.length = 0;

/**
 * Leaves, and waits until `other`, of the server that holds the call, knows. It is told there
 * after the answer, and who is still taken to be in the call is not rung.
 */
async function hangUp(who: Caller, other: Caller): Promise<void> {
  await who.leave();
  await other.hears("voice.left", ({ session }) => session === who.session);
}

Deno.test("ringing across servers: it rings on the other server, is declined, taken or missed, whoever calls", async () => {
  await withScene(async ({ clock, federation, ada, bob }) => {
    const at = await converse(ada.person, bob.person);
    using phone = await bob.person.connect();

    await call(ada, at);
    const told = await rung(bob, at);
    assert.deepEqual([told.by.id, told.channel_id, told.left_ms], [ada.id, "main", RINGING.ringMs]);
    await waitFor("the other device to ring", () => phone.dispatches("voice.ring").length === 1);
    await sees(ada, [bob, "ringing"]);
    await decline(bob, at);
    assert.equal(await ended(bob, at), "declined");
    await waitFor("the other device to be quiet", () => phone.dispatches("voice.ring_ended")[0]);
    await sees(ada, [bob, "declined"]);
    await ada.leave();
    assert.deepEqual(await missedBy(bob), []);

    // Who answers is told first who sees the address; it goes on ringing meanwhile.
    quiet(bob);
    await call(ada, at);
    await rung(bob, at);
    const asked = await bob.tryJoin(at);
    assert.deepEqual(asked.body.error.details, { reason: "address_shown", server: ONE });
    const stay = await bob.join(at, AGREED);
    assert.equal(await ended(bob, at), "accepted");
    assert.deepEqual(stay.participants.map(({ user }) => user.id), [ada.id, bob.id]);
    assert.equal((await ada.found()).status, 200);
    assert.equal((await ada.commitWanted()).status, 200);
    await bob.welcomed();
    await ada.leave();
    await hangUp(bob, ada);

    // The other one calls: the call is where it always is.
    await call(bob, at, AGREED);
    assert.equal((await rung(ada, at)).by.id, bob.id);
    await sees(bob, [ada, "ringing"]);
    await decline(ada, at);
    await sees(bob, [ada, "declined"]);
    await hangUp(bob, ada);

    // Nobody answers: kept by the server of who missed it, and put away there.
    quiet(bob);
    await call(ada, at);
    await rung(bob, at);
    clock.shiftMs += RINGING.ringMs;
    assert.equal(await ended(bob, at), "missed");
    await bob.hears("voice.missed", ({ calls }) => calls.length === 1);
    assert.deepEqual(await missedBy(bob), [{ by: ada.id, count: 1 }]);
    await bob.join(at, AGREED);
    assert.deepEqual(await missedBy(bob), []);
    await hangUp(bob, ada);

    // Where the call's server is not heard any more, it does not ring for ever.
    quiet(bob);
    await ring(ada, at);
    await rung(bob, at);
    federation.cut(0, 1);
    clock.shiftMs += RINGING.ringMs;
    assert.equal(await ended(bob, at), "missed");
    const missed = await waitFor("the missed call", async () => {
      const calls = await missedBy(bob);
      return calls.length > 0 ? calls : undefined;
    });
    assert.deepEqual(missed, [{ by: ada.id, count: 1 }]);
  });
});

Deno.test("ringing across servers: in a group all are rung on their servers, and the call goes where people are", async () => {
  await withScene(async ({ ada, eve, bob, cyd }) => {
    const people = [eve, bob, cyd].map(({ person }) => person);
    const at = await gather(ada.person, people);
    await call(bob, at, AGREED);
    for (const each of [ada, eve, cyd]) assert.equal((await rung(each, at)).by.id, bob.id);
    await sees(bob, [ada, "ringing"], [cyd, "ringing"], [eve, "ringing"]);
    await decline(cyd, at);
    await ada.join(at);
    for (const each of [bob, ada]) await sees(each, [cyd, "declined"], [eve, "ringing"]);
    assert.equal(await ended(ada, at), "accepted");
    const path = `${voicePath(at)}/participants/${encodeURIComponent(ada.id)}`;
    assert.equal((await bob.person.try("PATCH", path, { server_muted: true })).status, 400);
    await ada.leave();
    await hangUp(bob, ada);
    assert.equal(await ended(eve, at), "missed");

    // The server that held it has nobody there any more: another one does, and asks nobody.
    quiet(cyd);
    for (const { person } of [eve, ada]) {
      await person.do("DELETE", `/group-dms/${at.room_id}/people/${person.id}`);
    }
    await waitFor("bob to join at home", async () => (await bob.tryJoin(at)).status === 200);
    await call(bob, at);
    assert.equal((await rung(cyd, at)).by.id, bob.id);
  });
});

Deno.test("ringing across servers: who is blocked rings nobody, and no server rings whom it may not", async () => {
  await withScene(async ({ one, two, clock, ada, eve, bob, cyd }) => {
    const at = await converse(ada.person, bob.person);
    const block = (who: Caller, other: Caller, blocked: boolean) =>
      who.person.do(blocked ? "PUT" : "DELETE", `/blocks/${encodeURIComponent(other.id)}`);
    await block(bob, ada, true);
    await call(ada, at);
    await sees(ada, [bob, "ringing"]);
    clock.shiftMs += RINGING.ringMs;
    await sees(ada, [bob, "missed"]);
    await bob.join(at, AGREED);
    const own = await bob.person.try("POST", `${voicePath(at)}/ring`);
    assert.deepEqual([own.status, own.body.error.code], [403, "forbidden"]);
    await hangUp(bob, ada);
    await ada.leave();
    await block(bob, ada, false);
    assert.equal(bob.listening.dispatches("voice.ring").length, 0);
    assert.deepEqual(await missedBy(bob), []);

    const transportOf = ({ parts }: FederatedServer) => {
      assert.ok(parts.federation);
      return parts.federation.transport;
    };
    const asOne = transportOf(one);
    const asTwo = transportOf(two);
    const word = (user: string, by: string, place: VoiceRoom = at): VoiceWord => ({
      t: "voice.ring",
      d: { ...place, user, by, left_ms: RINGING.ringMs },
    });
    const tell = (from: typeof asOne, to: ServerName, ...words: VoiceWord[]) =>
      from.call(to, tellVoice, { words, channels: [] });
    const refusal = async (asked: Promise<unknown>) => {
      const error = await asked.then(() => undefined, (error) => error);
      assert.ok(error instanceof TransportError, String(error));
      return `${error.kind} ${error.details.code}`;
    };
    const group = await gather(bob.person, [cyd.person, ada.person]);
    const nowhere = { room_id: "!nowhere", channel_id: "main" };
    quiet(ada);
    quiet(bob);
    quiet(cyd);
    // A server rings for calls that it holds, in the name of members, those of others not in vain.
    await tell(asTwo, ONE, word(ada.id, bob.id), word(eve.id, bob.id), word(ada.id, cyd.id));
    await tell(
      asOne,
      TWO,
      word(bob.id, eve.id),
      word(bob.id, bob.id),
      word(cyd.id, ada.id),
      word(bob.id, ada.id, group),
      word(bob.id, ada.id, nowhere),
      word(bob.id, ada.id, { ...at, channel_id: "other" }),
      word("nobody", ada.id),
      word(eve.id, ada.id),
    );
    // Of people of the receiver it is known there that they are in no such call.
    await tell(asTwo, ONE, word(ada.id, ada.id, group), { ...word(ada.id, ada.id, group) });
    const long = { ...at, user: bob.id, by: ada.id, left_ms: RINGING.ringMs + 1 };
    assert.equal(
      await refusal(tell(asOne, TWO, { t: "voice.ring", d: long })),
      "refused invalid",
    );
    for (const each of [ada, bob, cyd]) {
      assert.deepEqual(each.listening.dispatches("voice.ring"), [], each.id);
    }

    // A server rings and declines in the name of its own people, and only out of the call.
    const ask = (by: string, users: readonly string[]) =>
      asTwo.call(ONE, ringRemoteVoice, { ...at, by, users: [...users] });
    assert.equal(await refusal(ask(ada.id, [bob.id])), "refused not_found");
    assert.equal((await ask(cyd.id, [ada.id])).refusal?.code, "not_found");
    assert.equal((await ask(bob.id, [ada.id])).refusal?.code, "conflict");
    const refuse = (user: string) => asTwo.call(ONE, declineRemoteVoice, { ...at, user });
    assert.equal(await refusal(refuse(ada.id)), "refused not_found");
    await bob.join(at, AGREED);
    const { people } = await ask(bob.id, [ada.id, ada.id, bob.id, eve.id, "nobody"]);
    assert.deepEqual(people, [{ user_id: ada.id, state: "ringing" }]);
    // Nobody else ends it: not with a word of a server that does not hold the call.
    const over = { ...at, user: ada.id, reason: "missed" } as const;
    await tell(asTwo, ONE, { t: "voice.ring_ended", d: over });
    assert.deepEqual(ada.listening.dispatches("voice.ring_ended"), []);
    await hangUp(bob, ada);
    assert.equal(await ended(ada, at), "missed");

    // However often a server rings somebody, it is heard a few times.
    const again = {
      t: "voice.ring_ended",
      d: { ...at, user: bob.id, reason: "accepted" },
    } as const;
    for (let times = 0; times < 10; times++) await tell(asOne, TWO, word(bob.id, ada.id), again);
    // What is told later than all of it has come: so has all that there is.
    const last = { ...group, body: "the last thing told" };
    await bob.person.do("POST", `/rooms/${group.room_id}/send`, last);
    await bob.hears("message.create", ({ body }) => body === last.body);
    const heard = bob.listening.dispatches("voice.ring").length;
    assert.ok(heard >= 4 && heard <= 6, `${heard} times`);
    assert.deepEqual(await missedBy(bob), []);
  });
});
