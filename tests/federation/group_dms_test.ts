import assert from "node:assert/strict";
import { join } from "node:path";
import { limits } from "../../core/limits.ts";
import { DeviceClient } from "../harness/device_client.ts";
import { startServers } from "../harness/federated.ts";
import type { Person } from "../harness/homeserver.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { waitFor } from "../harness/wait_for.ts";

const SOON_MS = 120_000;

function soon<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
  return waitFor(what, async () => await look() || undefined, SOON_MS) as Promise<T>;
}

interface Group {
  readonly kind: string;
  readonly room_id: string;
  readonly name: string | null;
  readonly owner: string | null;
  readonly people: readonly { readonly user: { readonly id: string }; readonly state: string }[];
}

async function groupOf(person: Person, roomId: string): Promise<Group | undefined> {
  const { dms } = await person.do("GET", "/dms");
  return dms.find((dm: Group) => dm.kind === "group" && dm.room_id === roomId);
}

/** Everybody in it as one of them sees it: `@ann:one.test joined`. */
function peopleIn(group: Group | undefined): string[] {
  return (group?.people ?? []).map(({ user, state }) => `${user.id} ${state}`);
}

async function sees(person: Person, roomId: string, people: readonly string[]): Promise<void> {
  const wanted = [...people].sort().join("\n");
  await soon(
    `${person.id} to see ${people.join(", ")}`,
    async () => peopleIn(await groupOf(person, roomId)).sort().join("\n") === wanted,
  );
}

async function invitationOf(person: Person, roomId: string) {
  return await soon(`${person.id} to be invited`, async () => {
    const { invitations } = await person.do("GET", "/invitations");
    return invitations.find((each: { room_id: string }) => each.room_id === roomId);
  });
}

async function say(person: Person, roomId: string, body: string): Promise<void> {
  await person.do("POST", `/rooms/${roomId}/send`, { channel_id: "main", body });
}

async function textsOf(person: Person, roomId: string): Promise<string[]> {
  const { status, body } = await person.try("GET", `/rooms/${roomId}/messages?channel_id=main`);
  return status === 200 ? body.messages.map((m: { body: string }) => m.body) : [];
}

async function hears(person: Person, roomId: string, text: string): Promise<void> {
  await soon(
    `${person.id} to read ${JSON.stringify(text)}`,
    async () => (await textsOf(person, roomId)).includes(text),
  );
}

Deno.test("a conversation of several across three servers: begun, added to, handed over, left", async (t) => {
  await using federation = await startServers(3);
  const [one, two, three] = federation.servers;
  assert.ok(one && two && three);
  const ann = await one.register("ann");
  const guild = await ann.do("POST", "/guilds", { name: "Shared" });
  const { code } = await ann.do("POST", "/invites", { guild_id: guild.id });
  const amy = await one.register("amy", code);
  await amy.do("POST", `/invites/${code}/accept`);
  const bob = await two.register("bob");
  const own = await bob.do("POST", "/guilds", { name: "Elsewhere" });
  const link = await bob.do("POST", "/invites", { guild_id: own.id });
  const bea = await two.register("bea", link.code);
  await bea.do("POST", `/invites/${link.code}/accept`);
  const cid = await three.register("cid");
  const step = async (name: string, walk: () => Promise<void>) =>
    assert.ok(await t.step(name, walk), name);
  let roomId = "";

  await step("two others are needed, and each must be there to be written to", async () => {
    const few = await ann.try("POST", "/group-dms", { user_ids: [bob.id, ann.id, bob.id] });
    assert.deepEqual([few.status, few.body.error.code], [400, "invalid"]);
    const nobody = await ann.try("POST", "/group-dms", { user_ids: [bob.id, "@x:two.test"] });
    assert.equal(nobody.status, 404);
    const many = Array.from({ length: 25 }, (_, at) => `@p${at}:two.test`);
    const full = await ann.try("POST", "/group-dms", { user_ids: many });
    assert.deepEqual([full.status, full.body.error.code], [422, "limit_reached"]);
    assert.deepEqual((await ann.do("GET", "/dms")).dms, []);
  });

  await step("who knows the one who begins is in at once, who does not is asked", async () => {
    const group: Group = await ann.do("POST", "/group-dms", { user_ids: [amy.id, bob.id] });
    roomId = group.room_id;
    assert.deepEqual([group.name, group.owner], [null, ann.id]);
    assert.deepEqual(peopleIn(group), [
      `${amy.id} joined`,
      `${ann.id} joined`,
      `${bob.id} invited`,
    ]);
    assert.deepEqual(peopleIn(await groupOf(amy, roomId)), peopleIn(group));
    const asked = await invitationOf(bob, roomId);
    assert.deepEqual([asked.kind, asked.by.id, asked.held], ["group_dm", ann.id, true]);
    assert.equal(await groupOf(bob, roomId), undefined);
    await say(ann, roomId, "before bob");
    await bob.do("POST", `/invitations/${roomId}/accept`);
    await sees(ann, roomId, [`${ann.id} joined`, `${amy.id} joined`, `${bob.id} joined`]);
    const shared = await ann.do("GET", `/users/${bob.id}/mutual-guilds`);
    assert.deepEqual(shared.guild_ids, [], "a conversation is no guild");
    await say(ann, roomId, "hello bob");
    await hears(bob, roomId, "hello bob");
    await say(bob, roomId, "hello both");
    await hears(amy, roomId, "hello both");
    assert.ok(
      !(await textsOf(bob, roomId)).includes("before bob"),
      "what was said before is not his",
    );
    // It is nobody's guild: neither a place in the list nor a reason to know somebody.
    assert.ok(
      (await ann.do("GET", "/guilds")).guilds.every((each: { id: string }) => each.id !== roomId),
    );
  });

  await step("any of them adds people and renames it, only whom they may write to", async () => {
    const eve = await one.register("eve", await codeOf(ann));
    await eve.do("PATCH", "/account/preferences", { dms_from: "nobody" });
    const barred = await amy.try("POST", `/group-dms/${roomId}/people`, { user_ids: [eve.id] });
    assert.deepEqual([barred.status, barred.body.error.code], [403, "forbidden"]);
    const twice = await bob.try("POST", `/group-dms/${roomId}/people`, { user_ids: [amy.id] });
    assert.equal(twice.status, 409);
    await bob.do("POST", `/group-dms/${roomId}/people`, { user_ids: [bea.id, cid.id] });
    await bob.do("PATCH", `/group-dms/${roomId}`, { name: "Trip" });
    await invitationOf(cid, roomId);
    await cid.do("POST", `/invitations/${roomId}/accept`);
    const all = [ann, amy, bob, bea, cid].map(({ id }) => `${id} joined`);
    for (const person of [ann, bea, cid]) await sees(person, roomId, all);
    await soon("ann to see the name", async () => (await groupOf(ann, roomId))?.name === "Trip");
    await say(cid, roomId, "here I am");
    for (const person of [ann, bea]) await hears(person, roomId, "here I am");
    assert.ok(!(await textsOf(cid, roomId)).includes("hello both"));
  });

  await step("where others could read it, nobody opens the past", async () => {
    const { status } = await ann.try("PATCH", `/group-dms/${roomId}`, { history: "shared" });
    assert.equal(status, 400);
  });

  await step("what was said before it was encrypted stays closed", async () => {
    const { room_id: later } = await ann.do("POST", "/group-dms", { user_ids: [amy.id, bob.id] });
    const share = () => ann.try("PATCH", `/group-dms/${later}`, { history: "shared" });
    const said = await ann.do("POST", `/rooms/${later}/send`, { channel_id: "main", body: "open" });
    await ann.do("POST", `/rooms/${later}/encryption`);
    const refused = await share();
    assert.deepEqual([refused.status, refused.body.error.code], [400, "invalid"]);
    assert.match(refused.body.error.message, /some was said unencrypted/);
    assert.equal(
      (await ann.do("GET", "/dms")).dms.find(
        (dm: Group) => dm.room_id === later,
      ).history,
      undefined,
    );
    // What can be read no more opens nothing.
    await ann.do("POST", "/redact", { room_id: later, channel_id: "main", event_ids: [said.id] });
    assert.equal((await share()).body.history, "shared");
  });

  await step("put away it is back with the next message, on open pages at once", async () => {
    using page = await amy.connect();
    await amy.do("POST", `/dms/${roomId}/close`, {});
    await page.until((frame) => frame.op === "dispatch" && frame.t === "dm.remove");
    assert.equal(await groupOf(amy, roomId), undefined);
    const before = page.dispatches("dm.update").length;
    await say(ann, roomId, "still there?");
    await soon(
      "it to be back",
      () => Promise.resolve(page.dispatches("dm.update").length > before),
    );
    assert.equal((await groupOf(amy, roomId))?.room_id, roomId);
  });

  await step("somebody whose settings keep strangers out hears nothing of it", async () => {
    const fay = await two.register("fay", await codeOf(bob));
    await fay.do("PATCH", "/account/preferences", { dms_from: "shared" });
    // Her server is in the conversation already: it comes like every event of it.
    await ann.do("POST", `/group-dms/${roomId}/people`, { user_ids: [fay.id] });
    await soon(
      "bob's server to know of it",
      async () => peopleIn(await groupOf(bob, roomId)).includes(`${fay.id} invited`),
    );
    assert.deepEqual((await fay.do("GET", "/invitations")).invitations, []);
    const mine = await ann.try("DELETE", `/group-dms/${roomId}/people/${fay.id}`);
    assert.equal(mine.status, 200, "an invitation can be withdrawn");
  });

  await step("the owner alone removes people; the removed one is out everywhere", async () => {
    const barred = await bob.try("DELETE", `/group-dms/${roomId}/people/${bea.id}`);
    assert.deepEqual([barred.status, barred.body.error.code], [403, "forbidden"]);
    await ann.do("DELETE", `/group-dms/${roomId}/people/${bea.id}`);
    await soon("bea to be out", async () => await groupOf(bea, roomId) === undefined);
    assert.equal((await bea.try("GET", `/rooms/${roomId}/messages?channel_id=main`)).status, 404);
    await sees(cid, roomId, [ann, amy, bob, cid].map(({ id }) => `${id} joined`));
  });

  await step("handed over to somebody of another server, whose server signs unasked", async () => {
    const barred = await amy.try("POST", `/group-dms/${roomId}/owner`, { user_id: amy.id });
    assert.equal(barred.status, 403);
    const group: Group = await ann.do("POST", `/group-dms/${roomId}/owner`, { user_id: cid.id });
    assert.equal(group.owner, cid.id);
    await soon("bob to see it", async () => (await groupOf(bob, roomId))?.owner === cid.id);
    assert.deepEqual((await cid.do("GET", "/owner-offers")).offers, []);
    const former = await ann.try("DELETE", `/group-dms/${roomId}/people/${bob.id}`);
    assert.equal(former.status, 403);
  });

  await step("an owner who leaves hands over to whoever is there longest and answers", async () => {
    await cid.do("DELETE", `/group-dms/${roomId}/people/${cid.id}`);
    assert.equal(await groupOf(cid, roomId), undefined);
    const longest = [ann.id, amy.id];
    await soon(
      "the others to see who owns it",
      async () => longest.includes((await groupOf(bob, roomId))?.owner ?? ""),
    );
    const owner = (await groupOf(bob, roomId))?.owner === ann.id ? ann : amy;
    const other = owner === ann ? amy : ann;
    const owns = (person: Person) =>
      soon(
        `${person.id} to own it on their own server too`,
        async () => (await groupOf(person, roomId))?.owner === person.id,
      );
    // Who leaves before the news of it have reached their own server hands it over all the same.
    await owner.do("DELETE", `/group-dms/${roomId}/people/${owner.id}`);
    await soon(
      "the next of them",
      async () => (await groupOf(bob, roomId))?.owner === other.id,
    );
    await owns(other);
    // Nobody's server answers, and nobody is kept in by that.
    federation.cut(0, 1);
    await other.do("DELETE", `/group-dms/${roomId}/people/${other.id}`);
    assert.equal(await groupOf(other, roomId), undefined);
    federation.heal(0, 1);
    await sees(bob, roomId, [`${bob.id} joined`]);
    assert.equal((await groupOf(bob, roomId))?.owner, null);
  });
});

Deno.test("an encrypted conversation of several goes on when who made it leaves", async () => {
  await using folder = await tempFolder();
  await using federation = await startServers(2);
  const [one, two] = federation.servers;
  assert.ok(one && two);
  const ann = await one.register("ann");
  const bob = await two.register("bob");
  const cat = await two.register("cat", await codeOf(bob));
  const dan = await two.register("dan", await codeOf(bob));
  const { room_id: roomId } = await ann.do("POST", "/group-dms", { user_ids: [bob.id, cat.id] });
  for (const person of [bob, cat]) {
    await invitationOf(person, roomId);
    await person.do("POST", `/invitations/${roomId}/accept`);
  }
  await sees(ann, roomId, [ann, bob, cat].map(({ id }) => `${id} joined`));
  await using stack = new AsyncDisposableStack();
  const open = async (person: Person) => {
    const client = stack.use(
      await DeviceClient.open(person, { folder: join(folder.path, person.id.slice(1, 4)) }),
    );
    await client.engine.setUp({ name: person.id });
    return client;
  };
  const [a, b, c] = [await open(ann), await open(bob), await open(cat)];
  const reads = (client: DeviceClient, text: string) =>
    soon(
      `${client.person.id} to read "${text}"`,
      async () => (await client.texts(roomId)).includes(text),
    );
  const isIn = (client: DeviceClient) =>
    soon(
      `${client.person.id} to be in the group`,
      async () => (await client.engine.sync(roomId)).phase === "encrypted",
    );
  const others = await soon("bob's server to have checked the conversation", async () => {
    const answer = await bob.try("POST", `/rooms/${roomId}/encryption`);
    return answer.status === 503 ? undefined : answer;
  });
  assert.equal(others.status, 403, "its owner alone switches it on");
  await a.engine.enable(roomId, { kind: "channel" });
  for (const client of [b, c]) await isIn(client);
  await a.send(roomId, "sealed for both");
  for (const client of [b, c]) await reads(client, "sealed for both");

  await ann.do("DELETE", `/group-dms/${roomId}/people/${ann.id}`);
  await soon("bob to own it", async () => (await groupOf(bob, roomId))?.owner === bob.id);
  await soon("ann's device to be out", async () => {
    await b.engine.sync(roomId);
    const { leaves } = await bob.do("GET", `/rooms/${roomId}/group`);
    return leaves.every((leaf: { user: string }) => leaf.user !== ann.id);
  });
  await b.send(roomId, "without ann");
  await reads(c, "without ann");

  // Their server was told to order it: who comes now is added, and reads from then on.
  await bob.do("POST", `/group-dms/${roomId}/people`, { user_ids: [dan.id] });
  await invitationOf(dan, roomId);
  const d = await open(dan);
  await dan.do("POST", `/invitations/${roomId}/accept`);
  await soon("dan to be in the group", async () => {
    await b.engine.sync(roomId);
    return (await d.engine.sync(roomId)).phase === "encrypted";
  });
  await b.send(roomId, "welcome dan");
  await reads(d, "welcome dan");
  assert.ok(!(await d.texts(roomId)).includes("without ann"));

  // What was said before is theirs once its owner allows it and somebody gives the keys.
  const history = (person: Person, value: string) =>
    person.try("PATCH", `/group-dms/${roomId}`, { history: value });
  assert.equal((await history(dan, "shared")).status, 403);
  assert.equal((await history(bob, "shared")).body.history, "shared");
  const given = await b.engine.shareHistory(roomId, {
    ...{ channelId: "main", to: dan.id, spanMs: 24 * 3_600_000 },
  });
  assert.equal(given.kind, "shared");
  await reads(d, "without ann");
  await reads(d, "sealed for both");
  assert.equal((await history(bob, "joined")).body.history, undefined);
  assert.equal((await bob.do("GET", `/rooms/${roomId}/group`)).sequencer, "two.test");
});

Deno.test("who declines is invited no more, in every list of every server, and may be asked again", async (t) => {
  await using federation = await startServers(2);
  const [one, two] = federation.servers;
  assert.ok(one && two);
  const ann = await one.register("ann");
  const amy = await one.register("amy", await codeOf(ann));
  const bob = await two.register("bob");
  const { room_id: roomId } = await ann.do("POST", "/group-dms", { user_ids: [amy.id, bob.id] });
  await amy.do("POST", `/invitations/${roomId}/accept`);
  const without = [`${ann.id} joined`, `${amy.id} joined`];
  const ask = () => ann.do("POST", `/group-dms/${roomId}/people`, { user_ids: [bob.id] });

  await t.step("the invitation says until when it stands", async () => {
    const { expires_ts } = await invitationOf(bob, roomId);
    assert.ok(expires_ts > Date.now() + limits.authority.groupInviteMs / 2);
  });

  await t.step("the one who asked sees at once that it is not open any more", async () => {
    using hears = await ann.connect();
    await bob.do("DELETE", `/invitations/${roomId}`);
    await sees(ann, roomId, without);
    await sees(amy, roomId, without);
    await hears.until((frame) =>
      frame.op === "dispatch" && frame.t === "dm.update" && frame.d.kind === "group" &&
      frame.d.people.length === 2
    );
    assert.equal((await bob.try("DELETE", `/invitations/${roomId}`)).status, 404);
  });

  await t.step(
    "asked again while the servers cannot reach each other it is told later",
    async () => {
      await ask();
      await invitationOf(bob, roomId);
      federation.cut(0, 1);
      await bob.do("DELETE", `/invitations/${roomId}`);
      assert.deepEqual((await bob.do("GET", "/invitations")).invitations, []);
      federation.heal(0, 1);
      await sees(ann, roomId, without);
    },
  );

  await t.step("a conversation of two that is declined looks like one that waits", async () => {
    const dm = await bob.do("POST", "/dms", { user_id: ann.id });
    const requestOf = () =>
      soon(
        "ann to be asked",
        async () => (await ann.do("GET", "/dms")).dms.find((each: Group) => each.kind === "pair"),
      );
    const stateAtBob = async () =>
      (await bob.do("GET", "/dms")).dms.map((each: { state: string }) => each.state);
    await requestOf();
    assert.deepEqual(await stateAtBob(), ["waiting"]);
    await ann.do("DELETE", `/invitations/${dm.room_id}`);
    await soon("the leave to be at bob's", async () => {
      const [row] = await two.parts.database
        .sql`select membership from current_state where room_id = ${dm.room_id}
        and type = 'm.room.member' and state_key = ${ann.id}`;
      return row?.["membership"] === "leave";
    });
    assert.deepEqual(await stateAtBob(), ["waiting"]);
    await bob.do("POST", "/dms", { user_id: ann.id });
    await requestOf();
    assert.deepEqual(await stateAtBob(), ["waiting"]);
  });
});

async function codeOf(owner: Person): Promise<string> {
  const guild = await owner.do("POST", "/guilds", { name: "For links" });
  return (await owner.do("POST", "/invites", { guild_id: guild.id })).code;
}
