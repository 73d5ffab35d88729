/**
 * A private channel of three servers: what two of them do while the one that orders the group is
 * gone, and what becomes of what each side did meanwhile. PROTOCOL.md 13 (successors).
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { DeviceClient, signInAgain } from "../harness/device_client.ts";
import { soon } from "../harness/e2ee_wire.ts";
import { type FederatedServer, startServers } from "../harness/federated.ts";
import { hastyClock } from "../harness/hasty_clock.ts";
import { makeGuild, type Person } from "../harness/homeserver.ts";
import { tempFolder } from "../harness/temp_folder.ts";

const CHANNEL = { kind: "channel" } as const;

/** A guild of `one` with people of two other servers, and an encrypted channel of theirs. */
async function threeServers(folder: string) {
  await using stack = new AsyncDisposableStack();
  const federation = stack.use(await startServers(3));
  const [one, two, three] = federation.servers as [
    FederatedServer,
    FederatedServer,
    FederatedServer,
  ];
  const { owner: ann, guildId } = await makeGuild(one, ["ann"]);
  // Of equally many members the lower name takes over first: the third server.
  const [bea, cid] = [await three.register("bea"), await two.register("cid")];
  const { code } = await ann.do("POST", "/invites", { guild_id: guildId });
  const role = await ann.do("POST", "/roles", { guild_id: guildId, name: "Council" });
  const { room_id: roomId } = await ann.do("POST", "/channels", {
    guild_id: guildId,
    kind: "text",
    name: "council",
    private: true,
    allow_roles: [role.id],
  });
  for (const person of [bea, cid]) {
    await person.do("POST", "/join", { link: `${code}@one.test` });
    await soon(`ann to see ${person.id}`, async () => {
      const { status } = await ann.try("GET", `/guilds/${guildId}/members/${person.id}`);
      return status === 200;
    });
    await ann.do("PATCH", `/guilds/${guildId}/members/${person.id}`, { roles: [role.id] });
    await soon(`${person.id} to be in the channel`, async () => {
      const { status } = await person.try("GET", `/rooms/${roomId}/messages`);
      return status === 200;
    });
  }
  let holder: AsyncDisposableStack = stack;
  const open = async (person: Person, name: string) => {
    const client = holder.use(
      await DeviceClient.open(person, { folder: join(folder, name), clock: hastyClock }),
    );
    await client.engine.setUp({ name });
    return client;
  };
  const [a, b, c] = [await open(ann, "ann"), await open(bea, "bea"), await open(cid, "cid")];
  await a.engine.enable(roomId, CHANNEL);
  const owned = stack.move();
  holder = owned;
  return {
    ...{ federation, roomId, ann, bea, cid, a, b, c, open },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** What a server has measured of the other one's absence becomes a day older. */
async function aDayPasses(server: FederatedServer, person: Person, roomId: string): Promise<void> {
  await soon("the absence to be noticed", async () => {
    await person.do("GET", `/rooms/${roomId}/group`);
    const aged = await server.parts.database.sql`
      update mls_groups set away_since_ts = away_since_ts - 90000000, away_tries = 3
      where room_id = ${roomId} and away_since_ts is not null`;
    return aged.count > 0;
  });
}

Deno.test("a group goes on without the server that ordered it, and that one follows when it is back", async (t) => {
  await using folder = await tempFolder();
  await using scene = await threeServers(folder.path);
  const { federation, roomId, ann, bea, cid, a, b, c, open } = scene;
  const groupOf = (person: Person) => person.do("GET", `/rooms/${roomId}/group`);
  const reads = (client: DeviceClient, text: string) =>
    soon(
      `${client.person.id} to read "${text}"`,
      async () => (await client.texts(roomId)).includes(text),
    );

  let beasKey = "";
  await t.step("people of three servers read each other", async () => {
    for (const client of [b, c]) {
      await soon(
        `${client.person.id} to be in`,
        async () => (await client.engine.sync(roomId)).phase === "encrypted",
      );
    }
    await a.send(roomId, "from one");
    for (const client of [b, c]) await reads(client, "from one");
    await c.send(roomId, "from two");
    for (const client of [a, b]) await reads(client, "from two");
    const { sequencer, successors, term } = await groupOf(bea);
    assert.deepEqual([sequencer, successors, term], ["one.test", ["three.test", "two.test"], 0]);
  });

  await t.step(
    "its server is gone: at first changes wait, then its successor takes over",
    async () => {
      await federation.stop(0);
      beasKey = (await b.engine.createBackup()).recoveryKey;
      const phone = await open(await signInAgain(federation.servers[2]!, bea), "bea-phone");
      await phone.engine.restore({ recoveryKey: beasKey });
      const waiting = await soon("the pause", async () => {
        const group = await groupOf(bea);
        return group.state === "paused" && group;
      });
      assert.equal(waiting.sequencer, "one.test");
      await b.send(roomId, "changes wait, words do not");
      await reads(c, "changes wait, words do not");
      await aDayPasses(federation.servers[2]!, bea, roomId);
      await soon("the phone to be in", async () => {
        await b.engine.sync(roomId);
        await phone.engine.sync(roomId);
        return phone.engine.room(roomId).phase === "encrypted";
      });
      const { sequencer, term, takeovers } = await groupOf(bea);
      assert.deepEqual([sequencer, term, takeovers.length], ["three.test", 1, 1]);
      await phone.send(roomId, "from the phone");
      await reads(c, "from the phone");
      await soon(
        "two to follow three",
        async () => (await groupOf(cid)).sequencer === "three.test",
      );
    },
  );

  await t.step("the former one comes back and follows", async () => {
    await federation.start(0);
    await a.transport.connect();
    await soon("one to follow three", async () => {
      const { sequencer, term } = await groupOf(ann);
      return sequencer === "three.test" && term === 1;
    });
    await reads(a, "from the phone");
    await a.send(roomId, "back again");
    for (const client of [b, c]) await reads(client, "back again");
    await soon("changes to be possible", async () => (await groupOf(ann)).state === "active");
  });
  await t.step(
    "cut in two: the larger part goes on, and nothing that either said is lost",
    async () => {
      // The server that orders the group now is cut off with its people, and does not know.
      federation.cut(2, 0);
      federation.cut(2, 1);
      const third = await open(await signInAgain(federation.servers[2]!, bea), "bea-third");
      await third.engine.restore({ recoveryKey: beasKey });
      await soon("the cut-off part to change the group", async () => {
        await b.engine.sync(roomId);
        return (await third.engine.sync(roomId)).phase === "encrypted";
      });
      await third.send(roomId, "said while cut off");
      const alone = await groupOf(bea);
      await aDayPasses(federation.servers[0]!, ann, roomId);
      await aDayPasses(federation.servers[1]!, cid, roomId);
      const tablet = await open(await signInAgain(federation.servers[0]!, ann), "ann-tablet");
      const again = await a.engine.createBackup();
      await tablet.engine.restore({ recoveryKey: again.recoveryKey });
      await soon("the other part to change the group", async () => {
        await a.engine.sync(roomId);
        return (await tablet.engine.sync(roomId)).phase === "encrypted";
      });
      const { sequencer, term } = await groupOf(ann);
      assert.deepEqual([sequencer, term], ["one.test", 2]);
      await tablet.send(roomId, "said by the larger part");
      await reads(c, "said by the larger part");

      federation.heal(2, 0);
      federation.heal(2, 1);
      for (const client of [b, third]) await reads(client, "said by the larger part");
      for (const client of [a, c, tablet]) await reads(client, "said while cut off");
      const after = await soon("the cut-off server to follow", async () => {
        const group = await groupOf(bea);
        return group.term === 2 && group.contradictions.length > 0 && group;
      });
      assert.deepEqual([after.sequencer, after.term, after.takeovers.length], ["one.test", 2, 2]);
      const [rival] = after.contradictions;
      assert.deepEqual(rival.receipts.map((receipt: { term: number }) => receipt.term), [1, 2]);
      assert.equal(rival.receipts[0].base_epoch, rival.receipts[1].base_epoch);
      assert.equal(alone.sequencer, "three.test");
      await soon("a device to show that changes are void", async () => {
        await b.engine.sync(roomId);
        const { problems, former, receipts } = await b.engine.health(roomId);
        return receipts === "checked" && former.join() === "one.test,three.test" &&
          problems.some(({ kind, server }) => kind === "void_changes" && server === "three.test");
      });
    },
  );

  await t.step("who is merely cut off from the one that orders takes nothing over", async () => {
    federation.cut(2, 0);
    await aDayPasses(federation.servers[2]!, bea, roomId);
    const { state, sequencer } = await groupOf(bea);
    assert.deepEqual([state, sequencer], ["paused", "one.test"]);
    await b.send(roomId, "words go by the third");
    await reads(c, "words go by the third");
    federation.heal(2, 0);
  });
});
