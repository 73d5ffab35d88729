import assert from "node:assert/strict";
import { RINGING } from "../../core/api/ringing.ts";
import {
  Caller,
  party,
  StandingClock,
  VOICE,
  voicePath,
  type VoiceRoom,
} from "../harness/callers.ts";
import { testMls } from "../harness/group_devices.ts";
import { type Homeserver, type Person, startHomeserver } from "../harness/homeserver.ts";
import { startPushService } from "../harness/push_service.ts";
import { call, decline, ended, missedBy, ring, rung, sees } from "../harness/ringing.ts";
import { waitFor } from "../harness/wait_for.ts";

/** The conversation that `from` opens with `to`, and where its calls are. */
async function conversation(from: Person, to: string): Promise<VoiceRoom> {
  const { room_id, channel_id } = await from.do("POST", "/dms", { user_id: to });
  return { room_id, channel_id };
}

async function start(names: readonly string[], settings: Record<string, string> = {}) {
  const clock = new StandingClock();
  const server: Homeserver = await startHomeserver({ settings: { ...VOICE, ...settings }, clock });
  const made = await party(server, names);
  return {
    ...made,
    server,
    clock,
    people: made.callers as [Caller, Caller, Caller, Caller],
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

Deno.test("ringing: a call in a conversation rings every device of the other, who accepts or declines once for all", async () => {
  await using service = await startPushService();
  await using scene = await start(["ada", "bob", "cyd"], {
    "push.test_services": service.origin,
  });
  const { people: [ada, bob, cyd], at: channel } = scene;
  const at = await conversation(ada.person, bob.id);
  await bob.person.do("PUT", "/account/push", service.subscription);
  const pushed = async (count: number) => {
    const seen = await service.until(count);
    return { seen, payload: JSON.parse(await service.open(seen)) };
  };
  using phone = await bob.person.connect();

  await call(ada, at);
  const told = await rung(bob, at);
  assert.deepEqual([told.by.id, told.channel_id], [ada.id, "main"]);
  assert.equal(told.left_ms, RINGING.ringMs);
  await waitFor("the other device to ring", () => phone.dispatches("voice.ring").length === 1);
  // A device that comes in between rings too.
  using late = await bob.person.connect();
  await waitFor("a late device to ring", () => late.dispatches("voice.ring").length === 1);
  await sees(ada, [bob, "ringing"]);
  assert.equal(cyd.listening.dispatches("voice.ring").length, 0);
  // Devices without a page are told by push as long as it rings, without a name.
  const { seen, payload } = await pushed(1);
  assert.deepEqual(payload, { v: 1, kind: "call", room_id: at.room_id });
  assert.equal(Number(seen.headers.get("ttl")), RINGING.ringMs / 1000);
  assert.equal(seen.headers.get("urgency"), "high");

  await decline(bob, at);
  const over = { v: 1, kind: "call_over", room_id: at.room_id, missed: false };
  assert.deepEqual((await pushed(2)).payload, over);
  assert.equal(await ended(bob, at), "declined");
  await waitFor("the other device to be quiet", () => phone.dispatches("voice.ring_ended").at(0));
  await sees(ada, [bob, "declined"]);
  // Whoever declined has missed nothing.
  await ada.leave();
  await bob.hears("voice.left", ({ session }) => session === ada.session);
  assert.deepEqual(await missedBy(bob), []);

  bob.listening.frames.length = 0;
  await bob.person.do("PATCH", "/account/preferences", { quiet_calls: false });
  await bob.person.do("POST", "/account/quiet", { kind: "for", ms: 3_600_000 });
  await call(ada, at);
  await rung(bob, at);
  const stay = await bob.join(at);
  assert.equal(await ended(bob, at), "accepted");
  assert.deepEqual(stay.participants.map(({ user }) => user.id), [ada.id, bob.id]);
  // Keys go the way of every call.
  assert.equal((await ada.found()).status, 200);
  assert.equal((await ada.commitWanted()).status, 200);
  await bob.welcomed();

  // It is nobody's else: neither seen nor joined.
  assert.equal((await cyd.tryJoin(at)).status, 404);
  assert.equal((await cyd.person.try("POST", `${voicePath(at)}/ring`)).status, 404);
  const { snapshot } = await cyd.person.do("GET", "/sync");
  assert.deepEqual(snapshot.voice, []);
  // A call ends with the last one; voice channels ring nobody.
  await ada.leave();
  await bob.leave();
  await bob.hears("voice.left", ({ session }) => session === bob.session);
  assert.deepEqual((await bob.person.do("GET", "/sync")).snapshot.voice, []);
  await ada.join(channel);
  const refused = await ada.person.try("POST", `${voicePath(channel)}/ring`);
  assert.deepEqual([refused.status, refused.body.error.code], [400, "invalid"]);
  // In quiet hours no device was told; after them one is.
  await bob.person.do("POST", "/account/quiet", { kind: "end" });
  const other = await conversation(cyd.person, bob.id);
  await call(cyd, other);
  assert.deepEqual((await pushed(3)).payload, { v: 1, kind: "call", room_id: other.room_id });
  await cyd.leave();
  const missed = { v: 1, kind: "call_over", room_id: other.room_id, missed: true };
  assert.deepEqual((await pushed(4)).payload, missed);
  const outside = await ada.person.try("POST", `${voicePath(at)}/ring`);
  assert.deepEqual([outside.status, outside.body.error.code], [409, "conflict"]);
});

Deno.test("ringing: it stops after half a minute or with the call, and is kept as missed until it is put away", async () => {
  await using scene = await start(["ada", "bob", "cyd"]);
  const { people: [ada, bob], clock, server } = scene;
  const at = await conversation(ada.person, bob.id);
  await call(ada, at);
  await rung(bob, at);
  clock.shiftMs += RINGING.ringMs;
  assert.equal(await ended(bob, at), "missed");
  await sees(ada, [bob, "missed"]);
  await bob.hears("voice.missed", ({ calls }) => calls.length === 1);
  assert.deepEqual(await missedBy(bob), [{ by: ada.id, count: 1 }]);
  // Who hangs up before is missed as well.
  const { position } = bob.listening;
  bob.listening.frames.length = 0;
  await ring(ada, at);
  await rung(bob, at);
  await ada.leave();
  assert.equal(await ended(bob, at), "missed");
  await bob.hears("voice.missed", ({ calls }) => calls[0]?.count === 2);
  assert.deepEqual(await missedBy(ada), []);
  // A device that was away is told with what it missed.
  bob.listening[Symbol.dispose]();
  bob.listening = await bob.person.connect(position);
  await bob.hears("voice.missed", ({ calls }) => calls[0]?.count === 2);

  await bob.person.do("DELETE", `${voicePath(at)}/missed`);
  await bob.hears("voice.missed", ({ calls }) => calls.length === 0);
  assert.deepEqual(await missedBy(bob), []);
  // To join a call there puts it away too.
  await call(ada, at);
  clock.shiftMs += RINGING.ringMs;
  await waitFor("a missed call", async () => (await missedBy(bob)).length === 1);
  await bob.join(at);
  assert.deepEqual(await missedBy(bob), []);
  // Who does not come as the server stops has missed the call.
  await bob.leave();
  bob.listening.frames.length = 0;
  await ring(ada, at);
  await rung(bob, at);
  await server.stop();
  await using again = await startHomeserver({ settings: VOICE, again: server });
  const { body } = await again.call("GET", "/sync", { token: bob.person.token });
  assert.deepEqual(body.snapshot.missed_calls.map(({ by }: { by: { id: string } }) => by.id), [
    ada.id,
  ]);
});

Deno.test("ringing: nobody is rung who blocked the caller, has not accepted, or was rung too often", async () => {
  await using scene = await start(["ada", "bob", "cyd"]);
  const { people: [ada, bob, cyd], clock, server, owner } = scene;
  const at = await conversation(ada.person, bob.id);
  const block = (who: Caller, other: Caller, blocked: boolean) =>
    who.person.do(blocked ? "PUT" : "DELETE", `/blocks/${encodeURIComponent(other.id)}`);

  await block(bob, ada, true);
  await call(ada, at);
  // To her it looks as if he did not answer; he hears nothing and has missed nothing.
  await sees(ada, [bob, "ringing"]);
  clock.shiftMs += RINGING.ringMs;
  await sees(ada, [bob, "missed"]);
  assert.equal(bob.listening.dispatches("voice.ring").length, 0);
  assert.equal(bob.listening.dispatches("voice.ring_ended").length, 0);
  assert.deepEqual(await missedBy(bob), []);
  await block(bob, ada, false);

  await block(ada, bob, true);
  const own = await ada.person.try("POST", `${voicePath(at)}/ring`);
  assert.deepEqual([own.status, own.body.error.code], [403, "forbidden"]);
  await block(ada, bob, false);

  // Four at once in one conversation, then one every half a minute.
  for (let times = 0; times < 4; times++) await ring(ada, at);
  const often = await ada.person.try("POST", `${voicePath(at)}/ring`);
  assert.deepEqual([often.status, often.body.error.code], [429, "rate_limited"]);

  // Somebody who shares no guild is asked first, and cannot be called before.
  const { code } = await owner.do("POST", "/admin/registration-tokens", {});
  const dan = await Caller.of(await testMls(), await server.register("dan", code));
  const asked = await conversation(dan.person, cyd.id);
  const early = await dan.tryJoin(asked);
  assert.deepEqual([early.status, early.body.error.code], [409, "conflict"]);
  await conversation(cyd.person, dan.id);
  await call(dan, asked);
  await rung(cyd, asked);
});

Deno.test("ringing: in a group everybody is rung who is not there, and who leaves it is rung no longer", async () => {
  await using scene = await start(["ada", "bob", "cyd"]);
  const { people: [ada, bob, cyd] } = scene;
  const { room_id, channel_id } = await ada.person.do("POST", "/group-dms", {
    user_ids: [bob.id, cyd.id],
  });
  const at = { room_id, channel_id };
  // Who put the conversation away has it again as somebody calls there.
  await cyd.person.do("POST", `/dms/${room_id}/close`);
  await cyd.hears("dm.remove");
  cyd.listening.frames.length = 0;
  await call(ada, at);
  await rung(bob, at);
  await rung(cyd, at);
  await cyd.hears("dm.update", (dm) => dm.room_id === room_id);
  // Nobody moderates there, not even who owns the group.
  const path = `${voicePath(at)}/participants/${encodeURIComponent(bob.id)}`;
  assert.equal((await ada.person.try("PATCH", path, { server_muted: true })).status, 400);
  await bob.join(at);
  assert.equal(await ended(bob, at), "accepted");
  await sees(bob, [cyd, "ringing"]);
  // The call goes on without who began it, and so does the ringing.
  await ada.leave();
  assert.equal(cyd.listening.dispatches("voice.ring_ended").length, 0);
  await cyd.person.do("DELETE", `/group-dms/${room_id}/people/${encodeURIComponent(cyd.id)}`);
  await cyd.hears("voice.ring_ended");
  await sees(bob);
});
