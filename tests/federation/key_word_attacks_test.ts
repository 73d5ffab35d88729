/** What others say of the keys of a server that does not answer, and when it must not count. */
import assert from "node:assert/strict";
import { getKeys } from "../../core/api/federation/people.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { encodeBase58Of16 } from "../../core/ids/base58.ts";
import { checkKeysOnWord } from "../../server/doctor/checks/keys_on_word.ts";
import { type FederatedServer, type Federation, startServers } from "../harness/federated.ts";
import { keyNameText } from "../../federation/ports.ts";
import type { Log } from "../../core/ports/log.ts";
import { silentLog } from "../../server/system/log.ts";
import { serverName } from "../harness/events.ts";
import { MemoryLog } from "../harness/parts.ts";
import { makeGuild, type Person } from "../harness/homeserver.ts";
import { onWord } from "../harness/key_reader.ts";
import { waitFor } from "../harness/wait_for.ts";
import { Guest } from "./guest.ts";
import { HostileHelper, swear } from "./hostile_helper.ts";
import { HostilePeer } from "./hostile_peer.ts";
import { makeRoom } from "./own_room.ts";
import type { ShadowRoom } from "./shadow_room.ts";

/** Servers that speak the truth, one that does not, and one that is away until it is woken. */
interface Stage extends AsyncDisposable {
  readonly federation: Federation;
  readonly evil: HostilePeer;
  /** Another of the liar's servers. */
  readonly sybil: HostilePeer;
  readonly ghost: HostilePeer;
  /** Signs in the ghost's name with a key that it never had. */
  readonly impostor: HostilePeer;
}

async function openStage(servers: number, log: Log = silentLog): Promise<Stage> {
  await using stack = new AsyncDisposableStack();
  const evil = stack.use(HostilePeer.start("evil.test", 1));
  const sybil = stack.use(HostilePeer.start("sybil.test", 2));
  const ghost = stack.use(HostilePeer.start("ghost.test", 3));
  const impostor = stack.use(HostilePeer.start("ghost.test", 4));
  ghost.keyDocument = () => undefined;
  const federation = stack.use(
    await startServers(servers, {
      extraPeers: [evil.address, sybil.address, ghost.address],
      logOf: () => log,
    }),
  );
  const owned = stack.move();
  return {
    federation,
    evil,
    sybil,
    ghost,
    impostor,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Makes up that somebody of the ghost's came into the room by an invite of `host`. */
async function invent(
  { evil, impostor }: Stage,
  { room, host }: { readonly room: ShadowRoom; readonly host: UserId },
): Promise<UserId> {
  const user = impostor.user("casper");
  const draft = { type: "m.room.member", stateKey: user, ts: Date.now() };
  const invite = { ...draft, sender: host, content: { membership: "invite" } };
  room.learn(await room.build(invite, evil.signer));
  const join = { ...draft, sender: user, content: { membership: "join" } };
  room.learn(await room.build(join, impostor.signer));
  return user;
}

/** A room of the liar's own, in which nobody else is but who was made up. */
async function ownRoom(stage: Stage) {
  const { evil } = stage;
  const host = evil.user("mallory");
  const room = await makeRoom(evil, host);
  const channelId = encodeBase58Of16(evil.rng.bytes(16)) as ChannelId;
  const policy = { kind: "text", closed: false, entries: [] };
  room.learn(
    await room.build({
      type: "m.channel.policy",
      sender: host,
      stateKey: channelId,
      content: policy,
      ts: Date.now(),
    }, evil.signer),
  );
  const casper = await invent(stage, { room, host });
  new HostileHelper({ peer: evil, room, host, servers: [evil.name] }).give(channelId);
  return { room, host, channelId, casper };
}

Deno.test("one server's invention about another that is away is refused where an honest one is asked", async () => {
  const log = new MemoryLog();
  await using stage = await openStage(2, log);
  const { federation, evil, impostor } = stage;
  const [one, two] = federation.servers as [FederatedServer, FederatedServer];
  const { owner, guildId } = await makeGuild(one, ["olga"]);
  const { code } = await owner.do("POST", "/invites", { guild_id: guildId });
  const guest = await Guest.enter(evil, { url: one.url, name: serverName(one.name) }, code);
  const room = guest.room;
  await invent(stage, { room, host: guest.user });
  // It names nobody else who could be asked: who made the room stands in its graph.
  new HostileHelper({ peer: evil, room, host: guest.user, servers: [evil.name] });
  swear(evil, [impostor.key.entry]);
  const invented = { server: impostor.name, keyId: impostor.signer.keyId };

  const nia = await two.register("nia");
  const { status } = await nia.try("POST", "/join", { link: `anywhere@${evil.name}` });
  assert.equal(status, 503);
  await waitFor("the join to be given up", async () => !await holds(two, guildId));
  assert.match(reasons(log), new RegExp(`nobody gives the key ${keyNameText(invented)}`));
  assert.deepEqual(await onWord(two), []);

  const joined = await nia.do("POST", "/join", { link: `${code}@${one.name}` });
  assert.equal(joined.guild_id, guildId);
  await checked(nia, guildId);
  assert.deepEqual(await onWord(two), []);
});

Deno.test("a server that answers speaks for itself alone, whatever all others say", async () => {
  await using stage = await openStage(1);
  const { federation, evil, sybil, ghost, impostor } = stage;
  const [one] = federation.servers as [FederatedServer];
  const { room } = await ownRoom(stage);
  for (const peer of [evil, sybil]) swear(peer, [impostor.key.entry]);
  ghost.keyDocument = undefined;
  const nia = await one.register("nia");
  const { status } = await nia.try("POST", "/join", { link: `anywhere@${evil.name}` });
  assert.equal(status, 503);
  await waitFor("the join to be given up", async () => !await holds(one, room.roomId));
  assert.deepEqual(await onWord(one), []);
  assert.ok(ghost.asked.length > 0);
});

Deno.test("what rests on others' word counts for nothing that is new, and a server that is back denies it", async (t) => {
  await using stage = await openStage(1);
  const { federation, evil, ghost, impostor } = stage;
  const [one] = federation.servers as [FederatedServer];
  const { sql } = one.parts.database;
  const victim = { url: one.url, name: serverName(one.name) };
  const { room, host, channelId, casper } = await ownRoom(stage);
  swear(evil, [impostor.key.entry]);
  const nia = await one.register("nia");
  await nia.do("POST", "/join", { link: `anywhere@${evil.name}` });
  await checked(nia, room.roomId);
  // The risk that is written down: nobody else is there to ask.
  const held = await onWord(one);
  assert.deepEqual(held.map(({ server, word_of: of }) => [server, of]), [[ghost.name, [
    evil.name,
  ]]]);

  const pushed = Guest.of(evil, victim, { user: host, room });
  await t.step("a live message and a live act of that server's are not shown", async () => {
    const said = await room.build({
      type: "m.room.message",
      sender: casper,
      channelId,
      content: { msgtype: "text", body: "I am casper" },
      ts: Date.now(),
    }, impostor.signer);
    const left = await room.build({
      type: "m.room.member",
      sender: casper,
      stateKey: casper,
      content: { membership: "leave" },
      ts: Date.now(),
    }, impostor.signer);
    const outcomes = await pushed.push([said, left]);
    assert.deepEqual(outcomes.map(({ outcome }) => outcome), ["soft_failed", "soft_failed"]);
    assert.match(outcomes[0]?.reason ?? "", /only evil\.test say/);
    const member = await nia.do("GET", `/guilds/${room.roomId}/members`);
    assert.equal(member.total, 3);
  });

  await t.step("a request in that server's name is refused", async () => {
    const { status } = await impostor.call(victim, getKeys, { names: [] });
    assert.equal(status, 401);
  });

  await t.step("others are told that it is hearsay", async () => {
    const names = [{ server: ghost.name, key_id: impostor.key.signer.keyId }];
    const { body } = await evil.call(victim, getKeys, { names });
    assert.equal(body.words[0].word, "heard");
  });

  await t.step("the server is back, without the key: administrators are told", async () => {
    ghost.keyDocument = undefined;
    await waitFor("the ghost to be believed", async () => {
      const { status } = await ghost.call(victim, getKeys, { names: [] });
      return status === 200;
    });
    const [denied] = await onWord(one);
    assert.ok(denied?.denied_ts);
    const [finding] = await checkKeysOnWord(sql);
    assert.equal(finding?.status, "problem");
    assert.match(finding?.message ?? "", /ghost\.test answers, and does not list 1 .*evil\.test/);
    const names = [{ server: ghost.name, key_id: impostor.key.signer.keyId }];
    const { body } = await evil.call(victim, getKeys, { names });
    assert.equal(body.words[0].word, "none");
  });
});

/** Why events were left out of rooms that could not be proven. */
function reasons(log: MemoryLog): string {
  return log.lines.map(({ fields }) => JSON.stringify(fields["left_out"] ?? "")).join();
}

async function checked(person: Person, roomId: string): Promise<void> {
  await waitFor("the guild to be checked", async () => {
    const { status, body } = await person.try("GET", `/guilds/${roomId}`);
    assert.notEqual(status, 404, "the join was given up");
    return status === 200 && body.checking === null;
  });
}

async function holds({ parts }: FederatedServer, roomId: RoomId | string): Promise<boolean> {
  const rows = await parts.database.sql`
    select 1 from joining_rooms where room_id = ${roomId}
    union all select 1 from current_state where room_id = ${roomId}`;
  return rows.length > 0;
}
