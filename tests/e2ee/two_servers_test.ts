/** Devices of two servers talk, through a cut of the way between them, and nobody reads along. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { DeviceClient, dmOf, signInAgain } from "../harness/device_client.ts";
import { compare } from "../harness/compare_emoji.ts";
import { converse, soon } from "../harness/e2ee_wire.ts";
import { type FederatedServer, startServers } from "../harness/federated.ts";
import { makeGuild, PASSWORD, type Person } from "../harness/homeserver.ts";
import { openLink } from "../harness/link.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { Capture, found } from "./secrecy.ts";

const OPEN = "plain marble said before";

Deno.test("devices of two servers talk, add one, and go on while the way between them is cut", async (t) => {
  const [between, toDevices] = [new Capture(), new Capture()];
  await using federation = await startServers(2, { tap: between.take });
  await using folder = await tempFolder();
  await using stack = new AsyncDisposableStack();
  const [one, two] = federation.servers as [FederatedServer, FederatedServer];
  const [ann, bea] = [await one.register("ann"), await two.register("bea")];
  const open = async (person: Person, name: string) => {
    const client = stack.use(
      await DeviceClient.open(person, { folder: join(folder.path, name) }),
    );
    const { port } = new URL(client.transport.url);
    const link = stack.use(openLink({ port: Number(port), tap: toDevices.take }));
    client.transport.url = `http://127.0.0.1:${link.port}`;
    await client.transport.connect();
    await client.engine.setUp({ name });
    return client;
  };
  const [a, b] = [await open(ann, "ann-1"), await open(bea, "bea-1")];
  const roomId = await converse(ann, bea);
  const kind = dmOf(ann, bea);
  // Said in the open, by the way that is listened to: the search is known to find what is there.
  const plain = await fetch(`${a.transport.url}/client/v1/rooms/${roomId}/send`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${ann.token}` },
    body: JSON.stringify({ channel_id: "main", body: OPEN }),
  });
  assert.equal(plain.status, 200, await plain.text());
  const reads = (client: DeviceClient, texts: readonly string[]) =>
    soon(
      `${client.person.id} to read ${texts.at(-1)}`,
      async () => JSON.stringify(await client.texts(roomId)) === JSON.stringify(texts),
    );
  await b.engine.expect(roomId, kind);
  await a.engine.enable(roomId, kind);
  const texts: string[] = [];
  const say = async (client: DeviceClient, text: string) => {
    await client.send(roomId, text);
    texts.push(text);
  };

  await t.step("both ways", async () => {
    await b.until(roomId, "to be in", ({ phase }) => phase === "encrypted");
    await say(a, "a word over the border");
    await reads(b, texts);
    await say(b, "a word back");
    await reads(a, texts);
  });

  await t.step("a further device of the member server is taken in", async () => {
    const recovery = await b.engine.createBackup();
    const phone = stack.use(
      await DeviceClient.open(await signInAgain(two, bea), { folder: join(folder.path, "bea-2") }),
    );
    await phone.engine.setUp({ name: "bea-2" });
    await phone.engine.restore({ recoveryKey: recovery.recoveryKey });
    await phone.engine.expect(roomId, kind);
    await phone.engine.sync(roomId);
    await say(a, "for both of your devices");
    await reads(phone, texts);
    await reads(b, texts);
  });

  await t.step("cut, and healed", async () => {
    federation.cut(0, 1);
    await say(b, "nobody of the other server hears this yet");
    federation.heal(0, 1);
    await reads(a, texts);
  });

  await t.step("nothing that was sealed is on any wire", () => {
    for (const capture of [between, toDevices]) {
      assert.deepEqual(found(capture.text(), [OPEN]), [OPEN]);
      assert.deepEqual(found(capture.text(), texts), []);
    }
  });

  await t.step("no server holds a text", async () => {
    for (const { parts: { database: { sql } } } of [one, two]) {
      const tables = await sql<{ name: string }[]>`
        select c.relname::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = current_schema() and c.relkind = 'r'`;
      for (const { name } of tables) {
        const [found] = await sql.unsafe(
          `select count(*)::int as count from "${name}" t where t::text like '%over the border%'
            or t::text like '%${btoa("over the border").slice(0, 16)}%'`,
        );
        assert.equal(found?.["count"], 0, name);
      }
    }
  });
});

Deno.test("a private channel over two servers: who is removed reads nothing more, a new identity is loud for who had verified", async (t) => {
  await using federation = await startServers(2);
  await using folder = await tempFolder();
  await using stack = new AsyncDisposableStack();
  const [one, two] = federation.servers as [FederatedServer, FederatedServer];
  const { owner: ann, members: [cleo], guildId } = await makeGuild(one, ["ann", "cleo"]);
  const { owner: bea, members: [gus] } = await makeGuild(two, ["bea", "gus"]);
  assert.ok(cleo && gus);
  const { code } = await ann.do("POST", "/invites", { guild_id: guildId });
  const { id: role } = await ann.do("POST", "/roles", { guild_id: guildId, name: "Council" });
  const { room_id: roomId } = await ann.do("POST", "/channels", {
    ...{ guild_id: guildId, kind: "text", name: "council", private: true, allow_roles: [role] },
  });
  const give = (person: Person, roles: readonly string[]) =>
    ann.do("PATCH", `/guilds/${guildId}/members/${person.id}`, { roles });
  const sees = async (person: Person) =>
    (await person.try("GET", `/rooms/${roomId}/messages?channel_id=main`)).status === 200;
  for (const person of [bea, gus]) await person.do("POST", "/join", { link: `${code}@one.test` });
  for (const person of [cleo, bea, gus]) {
    await soon(`${person.id} to be a member`, async () => {
      const { status } = await ann.try("GET", `/guilds/${guildId}/members/${person.id}`);
      return status === 200;
    });
    await give(person, [role]);
    await soon(`${person.id} to be in the channel`, () => sees(person));
  }
  const open = async (person: Person, name: string) => {
    const client = stack.use(
      await DeviceClient.open(person, { folder: join(folder.path, name) }),
    );
    await client.engine.setUp({ name });
    return client;
  };
  const [a, c] = [await open(ann, "ann"), await open(cleo, "cleo")];
  const [b, g] = [await open(bea, "bea"), await open(gus, "gus")];
  const reads = (client: DeviceClient, text: string) =>
    soon(
      `${client.person.id} to read ${text}`,
      async () => (await client.texts(roomId)).at(-1) === text,
    );
  await a.engine.enable(roomId, { kind: "channel" });
  for (const client of [a, b, c, g]) {
    await soon(`${client.person.id} to be in the group`, async () => {
      await client.engine.sync(roomId);
      return client.engine.room(roomId).phase === "encrypted";
    });
  }
  await b.send(roomId, "all four of us");
  for (const client of [a, b, c, g]) await reads(client, "all four of us");

  await t.step("who is removed reads nothing more, the others go on", async () => {
    await give(bea, []);
    await soon("bea to be out", async () => !await sees(bea));
    const usersIn = async (person: Person) =>
      ((await person.do("GET", `/rooms/${roomId}/group`)).leaves as { user: string }[])
        .map(({ user }) => user);
    await soon("bea's device to be wanted out, or out", async () => {
      const { wanted } = await ann.do("GET", `/rooms/${roomId}/group`);
      return wanted.remove.length > 0 || !(await usersIn(ann)).includes(bea.id);
    });
    const before = b.engine.room(roomId).epoch;
    await a.send(roomId, "three of us");
    for (const client of [c, g]) await reads(client, "three of us");
    await g.send(roomId, "and back over the border");
    for (const client of [a, c]) await reads(client, "and back over the border");
    assert.ok(!(await usersIn(ann)).includes(bea.id));
    await b.engine.sync(roomId);
    assert.notEqual(b.engine.room(roomId).phase, "encrypted");
    assert.equal(b.engine.room(roomId).epoch, before, "it was given no later epoch");
    await assert.rejects(b.send(roomId, "still here"));
  });

  await t.step(
    "an identity begun anew elsewhere is loud for who had verified it alone",
    async () => {
      await compare(a, g, await a.engine.startVerification(gus.id, "*"));
      await gus.do("POST", "/account/confirm", { password: PASSWORD });
      await g.engine.resetIdentity();
      await soon("ann's device to see it", async () => {
        await a.engine.sync(roomId);
        return a.engine.room(roomId).reasons.includes("identity_changed");
      });
      assert.deepEqual(a.engine.room(roomId).users, [gus.id]);
      await assert.rejects(a.engine.seal(roomId, "main", { type: "message", body: "to whom?" }), {
        reason: "identity_changed",
      });
      await soon("cleo's device to see it", async () => {
        await c.engine.sync(roomId);
        return (await c.engine.devices(gus.id)).changedTo !== undefined;
      });
      await soon("cleo's device to have all changes", async () => {
        await c.engine.sync(roomId);
        return c.engine.room(roomId).reasons.length === 0;
      });
      await soon("gus's device to be in again, and cleo's to know", async () => {
        const there = await g.engine.sync(roomId);
        return there.phase === "encrypted" && (await c.engine.sync(roomId)).epoch === there.epoch;
      });
      await c.send(roomId, "cleo had not compared");
      await reads(g, "cleo had not compared");
      await a.engine.acceptIdentity(gus.id);
      await a.send(roomId, "accepted");
      await reads(g, "accepted");
    },
  );
});
