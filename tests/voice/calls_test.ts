import assert from "node:assert/strict";
import type { UserId } from "../../core/ids/user_id.ts";
import { BIT, formatBits } from "../../core/permissions/bits.ts";
import {
  type Caller,
  party,
  StandingClock,
  VOICE,
  voicePath,
  type VoiceRoom,
} from "../harness/callers.ts";
import { silentLog } from "../../server/system/log.ts";
import { connect } from "../../server/postgres/connect.ts";
import { testIdentity } from "../harness/e2ee_people.ts";
import { type Homeserver, PASSWORD, type Person, startHomeserver } from "../harness/homeserver.ts";
import { waitFor } from "../harness/wait_for.ts";

/** Sessions of those in the channel, as a person is told in a snapshot. */
async function inside(person: Person, at: VoiceRoom): Promise<string[]> {
  const { snapshot } = await person.do("GET", "/sync");
  const channel = snapshot.voice.find((each: VoiceRoom) => each.channel_id === at.channel_id);
  return channel?.participants.map((each: { user: { id: string } }) => each.user.id) ?? [];
}

const deny = (...rights: (keyof typeof BIT)[]) =>
  formatBits(rights.reduce((bits, right) => bits | BIT[right], 0n));

function entry(target: string, denied: string, allowed = "0") {
  return { entries: [{ target, allow: allowed, deny: denied }] };
}

Deno.test("calls: people join, are seen, mute themselves, leave; rights and limits are held to", async () => {
  await using server = await startHomeserver({ settings: VOICE, clock: new StandingClock() });
  const { owner, at, guildId, callers } = await party(server, ["ada", "bob", "cyd"]);
  const [ada, bob, cyd] = callers as [Caller, Caller, Caller];
  const channelPath = `/rooms/${guildId}/channels/${at.channel_id}`;

  const stay = await ada.join(at, { muted: true });
  assert.match(stay.offer.sdp, /^v=0/);
  assert.equal(stay.bitrate, 40_000);
  assert.deepEqual(stay.participants.map(({ user }) => user.id), [ada.id]);
  const seen = await bob.hears("voice.state", (d) => d.participant.session === ada.session);
  assert.deepEqual(
    [seen.channel_id, seen.participant.muted, seen.participant.may_speak],
    [at.channel_id, true, true],
  );

  // Whoever is there already is offered the voice of who comes.
  await bob.join(at);
  await ada.person.do("PATCH", `/voice/sessions/${ada.session}`, { muted: false });
  await bob.hears(
    "voice.state",
    ({ participant }) => participant.session === ada.session && !participant.muted,
  );
  assert.deepEqual(await inside(cyd.person, at), [ada.id, bob.id]);

  // A full channel; nobody but who moves people about comes in beside it.
  await owner.do("PATCH", channelPath, { user_limit: 2 });
  const full = await cyd.tryJoin(at);
  assert.deepEqual([full.status, full.body.error.code], [409, "voice_full"]);
  await owner.do("PATCH", channelPath, { user_limit: 0 });

  // Coming in again is one stay, not two.
  const former = bob.session;
  await bob.join(at);
  await bob.hears("voice.ended", (d) => d.session === former && d.reason === "elsewhere");
  assert.deepEqual((await ada.stay()).participants.map(({ user }) => user.id), [ada.id, bob.id]);
  const gone = await bob.person.try("GET", `/voice/sessions/${former}`);
  assert.equal(gone.status, 404);
  // A stay is its own session's alone.
  const foreign = await cyd.person.try("PATCH", `/voice/sessions/${bob.session}`, { muted: true });
  assert.equal(foreign.status, 404);

  await bob.leave();
  await ada.hears("voice.left", (d) => d.session === bob.session);
  await bob.leave();
  assert.equal(await bob.ended(), "left");

  // Rights are looked at when joining.
  await owner.do("PATCH", channelPath, entry("everyone", deny("CONNECT")));
  const refused = await cyd.tryJoin(at);
  assert.deepEqual([refused.status, refused.body.error.code], [403, "forbidden"]);
  assert.equal(refused.body.error.details.right, "CONNECT");
  await owner.do("PATCH", channelPath, entry("everyone", deny("VIEW_CHANNEL")));
  assert.equal((await cyd.tryJoin(at)).status, 404);
  assert.deepEqual(await inside(cyd.person, at), []);
  assert.deepEqual(await inside(owner, at), [ada.id]);
});

Deno.test("calls: bad input changes nothing and says what is wrong", async () => {
  await using server = await startHomeserver({ settings: VOICE, clock: new StandingClock() });
  const { owner, at, guildId, callers } = await party(server, ["ada", "bob"]);
  const [ada, bob] = callers;
  const general = (await owner.do("GET", `/guilds/${guildId}`)).channels
    .find(({ kind }: { kind: string }) => kind === "text");
  const code = async (answer: Promise<{ status: number; body: { error: { code: string } } }>) => {
    const { status, body } = await answer;
    return `${status} ${body.error?.code}`;
  };
  assert.equal(await code(bob.tryJoin({ ...at, channel_id: general.id })), "400 invalid");
  assert.equal(await code(bob.tryJoin(at, { key_package: "AAAA" })), "400 invalid");
  assert.equal(await code(bob.tryJoin(at, { key_package: "" })), "400 invalid");
  assert.equal(await code(bob.tryJoin(at, { muted: "yes" })), "400 invalid");
  // The package of another device.
  const foreign = await ada.device.makePackage();
  const other = btoa(String.fromCharCode(...foreign.publicBytes)).replace(/=+$/, "");
  assert.equal(await code(bob.tryJoin(at, { key_package: other })), "422 policy");
  assert.deepEqual(await inside(owner, at), []);

  const { offer } = await bob.join(at);
  const answer = (body: unknown) =>
    code(bob.person.try("POST", `/voice/sessions/${bob.session}/answer`, body));
  assert.equal(await answer({ seq: offer.seq + 7, sdp: "v=0" }), "409 conflict");
  assert.equal(await answer({ seq: offer.seq, sdp: "hello" }), "400 invalid");
  assert.equal(await answer({ seq: offer.seq }), "400 invalid");
  const moderate = (body: unknown, who = bob.id) =>
    code(owner.try("PATCH", `${voicePath(at)}/participants/${encodeURIComponent(who)}`, body));
  assert.equal(await moderate({}), "400 invalid");
  assert.equal(await moderate({ move_to: at }), "400 invalid");
  assert.equal(await moderate({ move_to: at, disconnect: true }), "400 invalid");
  assert.equal(await moderate({ disconnect: true }, "@nobody:localhost"), "404 not_found");
  assert.equal(await moderate({ disconnect: true }, ada.id), "404 not_found");
  assert.deepEqual(await inside(owner, at), [bob.id]);
});

Deno.test("calls: moderators mute, deafen, move and disconnect; it is in the audit log and outlasts the call", async () => {
  await using server = await startHomeserver({ settings: VOICE, clock: new StandingClock() });
  const { owner, at, guildId, callers } = await party(server, ["ada", "bob", "cyd"]);
  const [ada, bob, cyd] = callers as [Caller, Caller, Caller];
  const { id: other } = await owner.do("POST", "/channels", {
    guild_id: guildId,
    kind: "voice",
    name: "Porch",
  });
  await bob.join(at);
  const path = (who: Caller) => `${voicePath(at)}/participants/${encodeURIComponent(who.id)}`;
  // Who has no right to is told which is missing.
  for (
    const [body, right] of [
      [{ server_muted: true }, "MUTE_MEMBERS"],
      [{ server_deafened: true }, "DEAFEN_MEMBERS"],
      [{ disconnect: true }, "MOVE_MEMBERS"],
    ] as const
  ) {
    const refused = await cyd.person.try("PATCH", path(bob), body);
    assert.deepEqual([refused.status, refused.body.error.details.right], [403, right]);
  }
  const role = await owner.do("POST", "/roles", {
    guild_id: guildId,
    name: "Hosts",
    bits: deny("MUTE_MEMBERS", "DEAFEN_MEMBERS", "MOVE_MEMBERS"),
  });
  await owner.do("PATCH", `/guilds/${guildId}/members/${cyd.id}`, { roles: [role.id] });
  assert.equal((await cyd.person.try("PATCH", path(ada), { server_muted: true })).status, 403);

  await cyd.person.do("PATCH", path(bob), { server_muted: true, reason: "Too loud" });
  await ada.hears("voice.state", ({ participant }) => participant.server_muted);
  await bob.leave();
  const back = await bob.join(at);
  assert.equal(back.participants[0]?.server_muted, true);
  const { participant } = await cyd.person.do("PATCH", path(bob), { server_muted: false });
  assert.equal(participant.server_muted, false);

  // Into a channel that is closed to them nobody is moved.
  const closed = entry(bob.id, deny("CONNECT"));
  await owner.do("PATCH", `/rooms/${guildId}/channels/${other}`, closed);
  const move_to = { room_id: guildId, channel_id: other };
  assert.equal((await cyd.person.try("PATCH", path(bob), { move_to })).status, 403);
  assert.deepEqual(await inside(owner, at), [bob.id]);
  await owner.do("PATCH", `/rooms/${guildId}/channels/${other}`, { entries: [] });
  await cyd.person.do("PATCH", path(bob), { move_to });
  const moved = await bob.hears("voice.ended", (d) => d.session === bob.session);
  assert.deepEqual([moved.reason, moved.move_to], ["moved", move_to]);
  await bob.join(move_to);
  const there = `${voicePath(move_to)}/participants/${encodeURIComponent(bob.id)}`;
  await cyd.person.do("PATCH", there, { disconnect: true });
  assert.equal(await bob.ended(), "disconnected");

  const { entries } = await owner.do(
    "GET",
    `/guilds/${guildId}/audit?by=${cyd.id}&action=voice.mute`,
  );
  assert.deepEqual(
    entries.map((each: { target: string; reason: string | null }) => [each.target, each.reason]),
    [[bob.id, null], [bob.id, "Too loud"]],
  );
  const page = await owner.do("GET", `/guilds/${guildId}/audit?limit=1`);
  assert.equal(page.entries[0].action, "voice.disconnect");
  const next = await owner.do("GET", `/guilds/${guildId}/audit?limit=1&before=${page.next}`);
  assert.equal(next.entries[0].action, "voice.move");
  const all = await owner.do("GET", `/guilds/${guildId}/audit?limit=100`);
  const actions = all.entries.map(({ action }: { action: string }) => action);
  assert.ok(actions.indexOf("voice.move") < actions.indexOf("channel.permissions"));

  // What was decided about a voice ends with the account, and with the guild.
  for (const caller of [ada, bob]) {
    await caller.join(at);
    await owner.do("PATCH", path(caller), { server_muted: true });
  }
  const sql = connect({ url: server.databaseUrl, poolSize: 1, log: silentLog });
  await using stack = new AsyncDisposableStack();
  stack.defer(() => sql.end());
  const marked = async () => {
    const rows = await sql<{ user_id: string }[]>`select user_id from voice_marks`;
    return rows.map(({ user_id }) => user_id).sort();
  };
  await owner.do("POST", "/account/confirm", { password: PASSWORD });
  assert.deepEqual(await marked(), [ada.id, bob.id]);
  await owner.do("POST", `/admin/users/${bob.id}/deactivate`, { reason: "Asked for it" });
  assert.deepEqual(await marked(), [ada.id]);
  await owner.do("DELETE", `/guilds/${guildId}`, { name: "Test guild" });
  assert.deepEqual(await marked(), []);
});

Deno.test("calls: whoever loses the right to be in one is out of it at once", async () => {
  await using server = await startHomeserver({ settings: VOICE, clock: new StandingClock() });
  const { owner, at, guildId, callers } = await party(server, [
    "ada",
    "bob",
    "cyd",
    "dan",
    "eve",
    "fay",
  ]);
  const [ada, bob, cyd, dan, eve, fay] = callers as [
    Caller,
    Caller,
    Caller,
    Caller,
    Caller,
    Caller,
  ];
  const channelPath = `/rooms/${guildId}/channels/${at.channel_id}`;
  for (const caller of callers) await caller.join(at);

  await owner.do("DELETE", `/guilds/${guildId}/members/${bob.id}`);
  assert.equal(await bob.ended(), "no_right");
  await ada.hears("voice.left", (d) => d.user_id === bob.id);

  await owner.do("PATCH", channelPath, entry(cyd.id, deny("SPEAK")));
  const state = (who: Caller, may: boolean) =>
    ada.hears(
      "voice.state",
      ({ participant }) => participant.session === who.session && participant.may_speak === may,
    );
  await state(cyd, false);
  // Who may be heard over the others, and who says so.
  const speakFirst = (who: Caller, priority = true) =>
    who.person.try("PATCH", `/voice/sessions/${who.session}`, { priority });
  const refused = await speakFirst(cyd);
  assert.deepEqual(
    [refused.status, refused.body.error.details.right],
    [403, "PRIORITY_SPEAKER"],
  );
  const stands = (who: Caller) =>
    ada.listening.dispatches("voice.state").map(({ participant }) => participant)
      .findLast(({ session }) => session === who.session);
  const first = (priority: boolean) =>
    waitFor(`cyd's priority to be ${priority}`, () => stands(cyd)?.priority === priority);
  await owner.do("PATCH", channelPath, entry(cyd.id, "0", formatBits(BIT.PRIORITY_SPEAKER)));
  await waitFor("cyd to have the right", async () => (await speakFirst(cyd)).status === 200);
  await first(true);
  await owner.do("PATCH", channelPath, entry(cyd.id, deny("PRIORITY_SPEAKER")));
  await first(false);
  await owner.do("PATCH", channelPath, entry(cyd.id, deny("CONNECT")));
  assert.equal(await cyd.ended(), "no_right");

  // Whoever records is a bot, and everybody is told.
  const record = (who: Caller) =>
    who.person.try("PATCH", `/voice/sessions/${who.session}`, { recording: true });
  assert.equal((await record(eve)).status, 403);
  const sql = connect({ url: server.databaseUrl, poolSize: 1, log: silentLog });
  await using stack = new AsyncDisposableStack();
  stack.defer(() => sql.end());
  await eve.person.do("PATCH", "/account", { display_name: "Recorder" });
  await sql`update profiles set bot = true where user_id = ${eve.id}`;
  await eve.person.do("PATCH", "/account", { display_name: "Tape" });
  // Who somebody is is looked at with the rights.
  await owner.do("PATCH", channelPath, entry(eve.id, "0"));
  await waitFor("eve to be known as a bot", () => stands(eve)?.user.bot === true);
  assert.equal((await record(eve)).body.recording, true);
  await waitFor("everybody to see that eve records", () => stands(eve)?.recording === true);

  await owner.do("PUT", `/admin/users/${dan.id}/suspend`, { suspended: true });
  assert.equal(await dan.ended(), "signed_out");

  // Its devices are others after a reset of the account's identity.
  await fay.device.person.do("POST", "/account/confirm", { password: PASSWORD });
  const { json } = await testIdentity(fay.id as UserId);
  await fay.device.person.do("PUT", "/identity", { ...json, reset: true });
  assert.equal(await fay.ended(), "signed_out");

  // The session that is in the call ends: from another one, as a stolen device is cut off.
  await eve.person.do("POST", "/logout", {});
  await ada.hears("voice.left", (d) => d.session === eve.session);

  assert.deepEqual(await inside(owner, at), [ada.id]);
  await owner.do("DELETE", channelPath);
  assert.equal(await ada.ended(), "closed");
});

Deno.test("calls: a lost gateway is waited for, then the stay ends; who resumes is told who is where", async () => {
  const clock = new StandingClock();
  await using server = await startHomeserver({ settings: VOICE, clock });
  const { owner, at, guildId, callers } = await party(server, ["ada", "bob"]);
  const [ada, bob] = callers;
  const channelPath = `/rooms/${guildId}/channels/${at.channel_id}`;
  await bob.join(at);
  await ada.hears("voice.state");
  const { position } = bob.listening;
  bob.listening[Symbol.dispose]();
  bob.listening = await bob.person.connect(position);
  const whole = await bob.hears("voice.channel");
  assert.deepEqual(whole.participants.map(({ user }: { user: { id: string } }) => user.id), [
    bob.id,
  ]);
  assert.equal((await bob.stay()).session, bob.session);

  // Whoever comes to see the channel is told who is in it; so is who arrives anew.
  await owner.do("PATCH", channelPath, entry("everyone", deny("VIEW_CHANNEL"), "0"));
  assert.equal(await bob.ended(), "no_right");
  await ada.join(at);
  bob.listening.frames.length = 0;
  await owner.do("PATCH", channelPath, { entries: [] });
  const shown = await bob.hears("voice.channel");
  assert.equal(shown.participants[0].session, ada.session);

  await bob.join(at);
  const figures = async (name: string) => {
    const headers = { authorization: `Bearer ${owner.token}` };
    const text = await (await fetch(`${server.url}/metrics`, { headers })).text();
    return text.split("\n").filter((line) => line.startsWith(name)).sort();
  };
  assert.deepEqual(await figures("openguild_voice_room_participants{"), [
    'openguild_voice_room_participants{room="1",state="connected"} 0',
    'openguild_voice_room_participants{room="1",state="connecting"} 2',
  ]);
  bob.listening[Symbol.dispose]();
  await waitFor(
    "the gateway to be gone",
    async () => (await figures("openguild_sockets")).at(0) === "openguild_sockets 1",
  );
  clock.shiftMs += 31_000;
  await ada.hears("voice.left", (d) => d.session === bob.session);
  // Nor does anybody stay whose sound never comes.
  clock.shiftMs += 15_000;
  assert.equal(await ada.ended(), "no_media");
  assert.deepEqual(await figures("openguild_voice_stays_total{"), [
    'openguild_voice_stays_total{event="joined"} 3',
    'openguild_voice_stays_total{event="no_gateway"} 1',
    'openguild_voice_stays_total{event="no_media"} 1',
    'openguild_voice_stays_total{event="no_right"} 1',
  ]);
  assert.deepEqual(await figures("openguild_voice_bounds{"), [
    'openguild_voice_bounds{bound="calls"} 50',
    'openguild_voice_bounds{bound="megabits"} 0',
    'openguild_voice_bounds{bound="participants"} 25',
    'openguild_voice_bounds{bound="speakers"} 12',
  ]);
});

Deno.test("calls: a server that starts again has no calls, and whoever asks for one is told so", async () => {
  const first = await startHomeserver({ settings: VOICE, clock: new StandingClock() });
  const { at, callers } = await party(first, ["ada", "bob"]);
  const [ada, bob] = callers;
  await ada.join(at);
  await bob.join(at);
  await first.stop();
  await using second = await startHomeserver({
    settings: VOICE,
    clock: new StandingClock(),
    again: first,
  });
  const again = await second.call("GET", `/voice/sessions/${ada.session}`, {
    token: ada.person.token,
  });
  assert.deepEqual([again.status, again.body.error.code], [404, "not_found"]);
  const { body } = await second.call("GET", "/sync", { token: bob.person.token });
  assert.deepEqual([body.snapshot.voice, body.snapshot.server.voice], [[], true]);
});

Deno.test("calls: off, or held by another process, they say so", async () => {
  await using off = await startHomeserver();
  const { at, callers: [ada] } = await party(off, ["ada", "bob"]);
  const refused = await ada.tryJoin(at);
  assert.deepEqual(
    [refused.status, refused.body.error.code, refused.body.error.details.reason],
    [503, "voice_unavailable", "off"],
  );
  // Two processes of one server: the first on which somebody joins holds the calls.
  const settings = VOICE;
  await using one = await startHomeserver({ settings, databaseUrl: off.databaseUrl });
  await using two = await startHomeserver({ settings, databaseUrl: off.databaseUrl });
  const key_package = async () => (await ada.device.makePackage()).publicBytes;
  const join = async (server: Homeserver) =>
    await server.call("POST", `${voicePath(at)}/join`, {
      token: ada.person.token,
      body: { key_package: btoa(String.fromCharCode(...await key_package())).replace(/=+$/, "") },
    });
  assert.equal((await join(one)).status, 200);
  const elsewhere = await join(two);
  assert.equal(elsewhere.body.error.details.reason, "other_process");
  await one.stop();
  await waitFor("the second process to take over", async () => (await join(two)).status === 200);
});
