/** Calls of one server with people of another: two real servers, scripted callers without sound. */
import assert from "node:assert/strict";
import {
  actInVoice,
  askVoiceToken,
  joinRemoteVoice,
  keepVoice,
  moderateRemoteVoice,
  tellVoice,
} from "../../core/api/federation/voice.ts";
import { VOICE_LIMITS } from "../../core/api/voice.ts";
import { base64Of } from "../../core/e2ee/bytes.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { BIT, formatBits } from "../../core/permissions/bits.ts";
import { TransportError } from "../../federation/ports.ts";
import { Caller, StandingClock, VOICE, voicePath, type VoiceRoom } from "../harness/callers.ts";
import { type FederatedServer, type Federation, startServers } from "../harness/federated.ts";
import { bytesOf, testMls } from "../harness/group_devices.ts";
import { makeGuild, type Person } from "../harness/homeserver.ts";
import { waitFor } from "../harness/wait_for.ts";

const ONE = "one.test" as ServerName;
const AGREED = { address_to: [ONE] };
/** News between servers take a moment; a busy machine takes longer. */
const SOON_MS = 120_000;

interface Scene {
  readonly one: FederatedServer;
  readonly two: FederatedServer;
  readonly owner: Person;
  readonly guildId: string;
  readonly at: VoiceRoom;
  /** Of the guild's server; bob and cyd are of the other one. */
  readonly ada: Caller;
  readonly bob: Caller;
  readonly cyd: Caller;
  readonly clock: StandingClock;
  readonly federation: Federation;
}

async function joined(person: Person, { guildId }: { guildId: string }, link: string) {
  await person.do("POST", "/join", { link });
  await waitFor(
    `${person.id} to be in the guild`,
    async () => (await person.try("GET", `/guilds/${guildId}`)).status === 200 || undefined,
    SOON_MS,
  );
}

async function withScene(work: (scene: Scene) => Promise<void>): Promise<void> {
  const clock = new StandingClock();
  await using federation = await startServers(2, { settings: VOICE, clockOf: () => clock });
  const [one, two] = federation.servers;
  assert.ok(one && two);
  const { owner, guildId } = await makeGuild(one, ["ada"]);
  const { id } = await owner.do("POST", "/channels", {
    guild_id: guildId,
    kind: "voice",
    name: "Sofa",
  });
  const { code } = await owner.do("POST", "/invites", { guild_id: guildId });
  const mls = await testMls();
  const other = await makeGuild(two, ["bob", "cyd"]);
  const people = [other.owner, ...other.members];
  for (const person of people) await joined(person, { guildId }, `${code}@${ONE}`);
  using ada = await Caller.of(mls, owner);
  using bob = await Caller.of(mls, people[0] as Person);
  using cyd = await Caller.of(mls, people[1] as Person);
  const at = { room_id: guildId, channel_id: id };
  await work({ one, two, owner, guildId, at, ada, bob, cyd, clock, federation });
}

/** Who is in the channel, as a person's own server tells it. */
async function inside(person: Person, at: VoiceRoom): Promise<string[]> {
  const { snapshot } = await person.do("GET", "/sync");
  const channel = snapshot.voice.find((each: VoiceRoom) => each.channel_id === at.channel_id);
  return channel?.participants.map((each: { user: { id: string } }) => each.user.id) ?? [];
}

/** What signs requests as that server. */
function transportOf({ parts }: FederatedServer) {
  assert.ok(parts.federation);
  return parts.federation.transport;
}

/** The same once it is so; what is told seldom is told again as time passes. */
async function comeInside(
  { clock, at }: Scene,
  person: Person,
  people: readonly Caller[],
): Promise<void> {
  const wanted = people.map(({ id }) => id).join();
  for (let round = 0; round < 10; round++) {
    clock.shiftMs += VOICE_LIMITS.remoteMs;
    for (let look = 0; look < 100; look++) {
      if ((await inside(person, at)).join() === wanted) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  assert.fail(`${person.id} sees ${await inside(person, at)} in the call, not ${wanted}`);
}

async function packageOf(caller: Caller): Promise<string> {
  return base64Of((await caller.device.makePackage()).publicBytes);
}

const codeOf = ({ status, body }: { status: number; body: { error?: { code: string } } }) =>
  `${status} ${body.error?.code}`;

async function refusal(asked: Promise<unknown>): Promise<string | undefined> {
  try {
    await asked;
    return undefined;
  } catch (error) {
    assert.ok(error instanceof TransportError, String(error));
    return `${error.kind} ${error.details.code}`;
  }
}

Deno.test("calls across servers: people of two servers are in one call, with one group, and each server shows it", async () => {
  await withScene(async (scene) => {
    const { at, ada, bob, cyd, owner, one, federation, guildId } = scene;
    await ada.join(at);
    assert.equal((await ada.found()).status, 200);
    await comeInside(scene, bob.person, [ada]);

    // Nobody's address is shown to a server that the person has not been told of.
    const asked = await bob.tryJoin(at);
    assert.deepEqual(
      [codeOf(asked), asked.body.error.details],
      ["409 conflict", { reason: "address_shown", server: ONE }],
    );
    assert.equal(codeOf(await bob.tryJoin(at, { address_to: ["three.test"] })), "409 conflict");
    assert.deepEqual(await inside(owner, at), [ada.id]);

    const stay = await bob.join(at, { ...AGREED, muted: true });
    assert.match(stay.offer.sdp, /^v=0/);
    assert.deepEqual(stay.participants.map(({ user }) => user.id), [ada.id, bob.id]);
    const seen = await ada.hears("voice.state", (d) => d.participant.session === bob.session);
    assert.equal(seen.participant.muted, true);
    await comeInside(scene, cyd.person, [ada, bob]);

    // Its device comes into the group of the call like those of this server.
    await ada.hears("voice.group", (d) => d.kind === "wanted" && d.wanted.add.length === 1);
    assert.equal((await ada.commitWanted()).status, 200);
    await bob.welcomed();
    const secretOf = async ({ device }: Caller) =>
      base64Of(
        await device.mls.exportSecret(device.group, "SFrame 1.0 Base Key", new Uint8Array(), 16),
      );
    assert.equal(await secretOf(ada), await secretOf(bob));
    await bob.ready(1);
    await ada.ready(1);
    await bob.hears("voice.group", (d) => d.kind === "switch" && d.epoch === 1);

    // What it does goes there, and what is wrong with it comes back.
    await bob.person.do("PATCH", `/voice/sessions/${bob.session}`, { muted: false });
    await ada.hears(
      "voice.state",
      (d) => d.participant.session === bob.session && !d.participant.muted,
    );
    const answer = (body: unknown) =>
      bob.person.try("POST", `/voice/sessions/${bob.session}/answer`, body);
    assert.equal(codeOf(await answer({ seq: stay.offer.seq + 9, sdp: "v=0" })), "409 conflict");
    assert.equal(
      codeOf(await answer({ seq: (await bob.stay()).offer.seq, sdp: "x" })),
      "400 invalid",
    );
    assert.equal(codeOf(await bob.found()), "409 stale_epoch");
    const foreign = `/voice/sessions/${bob.session}`;
    assert.equal(codeOf(await cyd.person.try("GET", foreign)), "404 not_found");

    // The third one is added by the longest present; the group goes on across servers.
    await cyd.join(at, AGREED);
    await ada.hears("voice.group", (d) => d.kind === "wanted" && d.epoch === 1);
    assert.equal((await ada.commitWanted()).status, 200);
    await cyd.welcomed();
    const { commit } = await bob.hears(
      "voice.group",
      (d) => d.kind === "commit" && d.commit.epoch === 1,
    );
    bob.device.group =
      (await bob.device.mls.process(bob.device.group, bytesOf(commit.commit))).group;
    assert.equal(await secretOf(cyd), await secretOf(bob));

    // Moderators: those of the call's server, and members of others who hold the right.
    const participant = (who: Caller) =>
      `${voicePath(at)}/participants/${encodeURIComponent(who.id)}`;
    await owner.do("PATCH", participant(bob), { server_muted: true });
    await comeInside(scene, cyd.person, [ada, bob, cyd]);
    await waitFor(
      "bob to be told that he is muted",
      async () => (await bob.stay()).participants[1]?.server_muted === true,
      SOON_MS,
    );
    const refused = await bob.person.try("PATCH", participant(cyd), { disconnect: true });
    assert.equal(codeOf(refused), "403 forbidden");
    const role = await owner.do("POST", "/roles", {
      guild_id: guildId,
      name: "Hosts",
      bits: formatBits(BIT.MUTE_MEMBERS | BIT.MOVE_MEMBERS),
    });
    await owner.do("PATCH", `/guilds/${guildId}/members/${encodeURIComponent(cyd.id)}`, {
      roles: [role.id],
    });
    await waitFor("cyd to be a host", async () => {
      const { status } = await cyd.person.try("PATCH", participant(bob), { server_muted: false });
      return status === 200 || undefined;
    }, SOON_MS);
    await cyd.person.do("PATCH", participant(bob), { disconnect: true });
    assert.equal(await bob.ended(), "disconnected");

    // One call at a time, wherever it is; who leaves is gone on both.
    await bob.join(at, AGREED);
    const former = bob.session;
    await bob.join(at, AGREED);
    await bob.hears("voice.ended", (d) => d.session === former && d.reason === "elsewhere");
    await bob.leave();
    await ada.hears("voice.left", (d) => d.session === bob.session);
    await comeInside(scene, bob.person, [ada, cyd]);

    // A server that stops hearing of its people's server lets them go; theirs says so.
    federation.cut(0, 1);
    scene.clock.shiftMs += VOICE_LIMITS.keptMs + 1;
    assert.equal(await cyd.ended(), "server_away");
    await ada.hears("voice.left", (d) => d.session === cyd.session);
    const away = await bob.tryJoin(at, AGREED);
    assert.deepEqual(
      [codeOf(away), away.body.error.details],
      ["503 voice_unavailable", { reason: "server_away", server: ONE }],
    );
    assert.ok(one);
  });
});

Deno.test("calls across servers: whoever loses the right is out at once, and so is a server that is shut out", async () => {
  await withScene(async (scene) => {
    const { at, ada, bob, cyd, owner, guildId } = scene;
    for (const caller of [ada, bob, cyd]) await caller.join(at, AGREED);
    await owner.do("DELETE", `/guilds/${guildId}/members/${encodeURIComponent(bob.id)}`);
    assert.equal(await bob.ended(), "no_right");
    await ada.hears("voice.left", (d) => d.session === bob.session);
    const acl = { allow: ["*"], deny: ["two.test"], allow_ip_literals: false };
    await owner.do("PUT", `/guilds/${guildId}/servers`, { acl });
    await ada.hears("voice.left", (d) => d.session === cyd.session);
    assert.equal(await cyd.ended(), "no_right");
    const again = await cyd.tryJoin(at, AGREED);
    assert.ok(["403 forbidden", "404 not_found"].includes(codeOf(again)), codeOf(again));
    assert.deepEqual(await inside(owner, at), [ada.id]);
  });
});

Deno.test("calls across servers: a server gets in with nothing but its own token, and is believed its own calls alone", async () => {
  await withScene(async (scene) => {
    const { at, ada, bob, cyd, one, two, owner, guildId, clock } = scene;
    await ada.join(at);
    const asTwo = transportOf(two);
    const asOne = transportOf(one);
    const who = (caller: Caller) => ({ ...at, user: caller.id, device: caller.device.id });
    const token = async (caller: Caller) => {
      const key_package = await packageOf(caller);
      return await asTwo.call(ONE, askVoiceToken, { ...who(caller), key_package });
    };
    const join = async (input: ReturnType<typeof who>, given: string) => {
      const open = { token: given, muted: false, deafened: false };
      return (await asTwo.call(ONE, joinRemoteVoice, { ...input, ...open })).refusal;
    };
    const refused = { code: "forbidden", reason: "token" };
    const mine = (await token(bob)).token ?? "";
    // Of another user, another device, another channel.
    assert.deepEqual(await join(who(cyd), mine), refused);
    assert.deepEqual(await join({ ...who(bob), device: cyd.device.id }, mine), refused);
    const { id: porch } = await owner.do("POST", "/channels", {
      guild_id: guildId,
      kind: "voice",
      name: "Porch",
    });
    assert.deepEqual(await join({ ...who(bob), channel_id: porch }, mine), refused);
    assert.equal(await join(who(bob), mine), null);
    assert.deepEqual(await join(who(bob), mine), refused, "a second time");
    const late = (await token(cyd)).token ?? "";
    clock.shiftMs += VOICE_LIMITS.tokenMs;
    assert.deepEqual(await join(who(cyd), late), refused, "too late");

    // For people of others, and of rooms that it is not in, it asks in vain.
    const key_package = await packageOf(bob);
    const ask = (input: Record<string, unknown>) =>
      asTwo.call(ONE, askVoiceToken, { ...who(bob), key_package, ...input });
    assert.equal(await refusal(ask({ user: ada.id })), "refused not_found");
    assert.equal(await refusal(ask({ room_id: "!nowhere" })), "refused not_found");
    assert.equal((await ask({ channel_id: "nowhere" })).refusal?.code, "not_found");
    assert.equal((await ask({ device: "nowhere" })).refusal?.reason, "no_device");
    assert.equal((await ask({ key_package: await packageOf(cyd) })).refusal?.code, "policy");
    assert.equal(await refusal(ask({ key_package: "A".repeat(200_000) })), "refused invalid");
    const session = ada.session;
    const act = { kind: "leave" } as const;
    assert.equal(
      await refusal(asTwo.call(ONE, actInVoice, { session, user: ada.id, act })),
      "refused not_found",
    );
    const gone = await asTwo.call(ONE, actInVoice, { session, user: bob.id, act });
    assert.equal(gone.refusal?.code, "not_found");
    const kept = { stays: [{ session, user: ada.id }] };
    assert.deepEqual((await asTwo.call(ONE, keepVoice, kept)).over, [session]);
    const wanted = { disconnect: true } as const;
    const moderate = { ...at, by: owner.id, user: ada.id, wanted };
    assert.equal(
      await refusal(asTwo.call(ONE, moderateRemoteVoice, moderate)),
      "refused not_found",
    );

    // A member who was banned between the token and its use.
    const banned = (await token(cyd)).token ?? "";
    await owner.do("PUT", `/guilds/${guildId}/bans/${encodeURIComponent(cyd.id)}`, {});
    assert.equal(
      (await join(who(cyd), banned))?.code,
      "not_found",
    );

    // The server of the guild alone tells who is in its calls.
    const { channels: [channel] } = { channels: [{ ...at, participants: [], speaking: [] }] };
    assert.ok(channel);
    await asTwo.call(ONE, tellVoice, { words: [], channels: [channel] });
    assert.ok((await inside(owner, at)).includes(ada.id), "two.test holds no call of this guild");
    const ended = { session: ada.session, reason: "closed", move_to: null } as const;
    await asTwo.call(ONE, tellVoice, { words: [{ t: "voice.ended", d: ended }], channels: [] });
    assert.equal((await ada.stay()).session, ada.session);
    const offer = { session: ada.session, offer: { seq: 1, sdp: "v=0", mids: [] } };
    const said = { words: [{ t: "voice.offer" as const, d: offer }], channels: [] };
    assert.deepEqual((await asTwo.call(ONE, tellVoice, said)).unknown, [ada.session]);
    // What it tells of people who are no members is left out.
    const [shown] = (await ada.stay()).participants;
    assert.ok(shown);
    const ghost = { ...shown, user: "@ghost:two.test", session: "ghost" };
    const real = { ...shown, user: ada.id };
    await asOne.call("two.test" as ServerName, tellVoice, {
      words: [],
      channels: [{ ...at, participants: [ghost, real], speaking: ["ghost", "nobody"] }],
    });
    // The guild's server itself may tell of bob right after that: he did join.
    const told = await inside(bob.person, at);
    assert.ok(told.includes(ada.id) && !told.includes(ghost.user), told.join(", "));
    const many = Array.from({ length: 200 }, () => real);
    const tooMany = { words: [], channels: [{ ...at, participants: many, speaking: [] }] };
    assert.equal(
      await refusal(asOne.call("two.test" as ServerName, tellVoice, tooMany)),
      "refused invalid",
    );
  });
});
