/** What was said before somebody came: closed, until a member shares it, and only that. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { base64Of } from "../../core/e2ee/bytes.ts";
import { Archive } from "../../core/e2ee/engine/archive.ts";
import { publicKeyOf } from "../../core/e2ee/signing.ts";
import type { DeviceId } from "../../core/ids/device_id.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { DeviceClient, signInAgain } from "../harness/device_client.ts";
import { testDevice, testIdentity } from "../harness/e2ee_people.ts";
import { soon } from "../harness/e2ee_wire.ts";
import { type FederatedServer, startServers } from "../harness/federated.ts";
import { bytesOf, testMls } from "../harness/group_devices.ts";
import { makeGuild, type Person } from "../harness/homeserver.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { systemClock } from "../../server/system/clock.ts";
import { lie } from "./lie.ts";
import { dumpDatabase, found } from "./secrecy.ts";

const CLOSED = "<before_join>";

Deno.test("a member shares a span of history with a newcomer of another server, on both devices", async (t) => {
  await using federation = await startServers(2);
  await using folder = await tempFolder();
  await using stack = new AsyncDisposableStack();
  const [one, two] = federation.servers as [FederatedServer, FederatedServer];
  const { owner: ann, members: [cleo], guildId } = await makeGuild(one, ["ann", "cleo"]);
  const bea = await two.register("bea");
  assert.ok(cleo);
  let pinnedMs: number | undefined;
  const clock = { ...systemClock, now: () => pinnedMs ?? systemClock.now() };
  const open = async (person: Person, name: string) => {
    const client = stack.use(
      await DeviceClient.open(person, { folder: join(folder.path, name), clock }),
    );
    await client.engine.setUp({ name });
    return client;
  };
  const [a, c] = [await open(ann, "ann"), await open(cleo, "cleo")];
  const { room_id: roomId } = await ann.do("POST", "/channels", {
    ...{ guild_id: guildId, kind: "text", name: "council", private: true },
  });
  await ann.do("POST", "/invite", { room_id: roomId, user_id: cleo.id });
  await a.engine.enable(roomId, { kind: "channel" });
  const isIn = (client: DeviceClient) =>
    soon(`${client.person.id} to be in the group`, async () => {
      await client.engine.sync(roomId);
      return client.engine.room(roomId).phase === "encrypted";
    });
  await isIn(c);
  const canary = `heron-${crypto.randomUUID()}`;
  const first = await a.send(roomId, "the first word");
  await soon("a later millisecond", () => Promise.resolve(Date.now() > first.origin_ts + 1));
  const second = await c.send(roomId, "the second word");
  const third = await a.send(roomId, canary);
  await a.edit(roomId, third.id, `${canary} edited`);
  const texts = ["the first word", "the second word", `${canary} edited`];
  for (const client of [a, c]) {
    await soon(
      "both to read",
      async () => JSON.stringify(await client.texts(roomId)) === JSON.stringify(texts),
    );
  }

  // The newcomer: another server, two devices, a backup.
  const { code } = await ann.do("POST", "/invites", { guild_id: guildId });
  await bea.do("POST", "/join", { link: `${code}@one.test` });
  const b = await open(bea, "bea-1");
  const { recoveryKey } = await b.engine.createBackup();
  const b2 = await open(await signInAgain(two, bea), "bea-2");
  await b2.engine.restore({ recoveryKey });
  await soon("bea to be a member", async () => {
    const { status } = await ann.try("GET", `/guilds/${guildId}/members/${bea.id}`);
    return status === 200;
  });

  const share = (client: DeviceClient, sinceMs: number) => {
    pinnedMs = Date.now() + 1;
    const spanMs = pinnedMs - sinceMs;
    return client.engine.shareHistory(roomId, { channelId: "main", to: bea.id, spanMs })
      .finally(() => pinnedMs = undefined);
  };
  const shows = (client: DeviceClient, wanted: readonly string[]) =>
    soon(`${client.person.id} to read ${JSON.stringify(wanted)}`, async () => {
      const seen = (await client.texts(roomId)).slice(0, wanted.length);
      return JSON.stringify(seen) === JSON.stringify(wanted);
    });

  await t.step("nobody of theirs is in yet: it waits, and nothing is said", async () => {
    assert.deepEqual(await share(a, second.origin_ts), { kind: "waiting" });
  });

  await t.step("once they are in, the span opens on both, and nothing before it", async () => {
    await ann.do("POST", "/invite", { room_id: roomId, user_id: bea.id });
    await soon("bea to be in the channel", async () => {
      const { status } = await bea.try("POST", `/rooms/${roomId}/join`);
      return status === 200;
    });
    await Promise.all([b, b2].map(isIn));
    for (const client of [b, b2]) {
      await shows(client, [CLOSED, "the second word", `${canary} edited`]);
    }
  });

  await t.step("everybody sees who shared what with whom", async () => {
    const page = await cleo.do("GET", `/rooms/${roomId}/messages?limit=100`);
    const line = page.messages.at(-1);
    const opened = await soon("cleo to read the line", async () => {
      const seen = await c.open(line);
      return "payload" in seen ? seen.payload : undefined;
    });
    assert.equal(line.author.id, ann.id);
    assert.equal(opened.history?.to, bea.id);
    assert.equal(opened.history?.from_ts, second.origin_ts);
    assert.deepEqual(await c.store.list("shared"), [], "what is for others leaves nothing here");
  });

  await t.step("what was shared is in the backup", async () => {
    const after = await open(await signInAgain(two, bea), "bea-3");
    await soon("the backup to have it", async () => {
      const { waiting = 1, keys = 0 } = await b.engine.backupState() ?? {};
      return waiting === 0 && keys > 0;
    });
    await after.engine.restore({ recoveryKey });
    await shows(after, [CLOSED, "the second word", `${canary} edited`]);
  });

  await t.step(
    "a key that does not open its message is refused, and who gave it named",
    async () => {
      const archive = new Archive(c.store);
      const key = await archive.get(roomId, first.id);
      assert.ok(key !== undefined && !("fault" in key));
      const wrong = { ...key, contentKey: crypto.getRandomValues(new Uint8Array(32)) };
      await c.store.write([archive.put(roomId, first.id, wrong)]);
      const given = await share(c, first.origin_ts);
      assert.equal(given.kind, "shared");
      await soon("bea's device to name cleo", async () => {
        await b.engine.sync(roomId);
        const { problems } = await b.engine.health(roomId);
        return problems.some(({ kind, user }) => kind === "false_keys" && user === cleo.id);
      });
      await shows(b, [CLOSED, "the second word", `${canary} edited`]);
      assert.equal((await b.engine.health(roomId)).problems.length, 1);
    },
  );

  await t.step("the right one, of somebody else, opens it after all", async () => {
    assert.equal((await share(a, first.origin_ts)).kind, "shared");
    for (const client of [b, b2]) await shows(client, texts);
  });

  await t.step(
    "a device that a server made up under the newcomer's name is given nothing",
    async () => {
      const mls = await testMls();
      const stranger = await testIdentity(bea.id as UserId);
      const falsePackage = async (id: string) => {
        const { seed, certificate } = await testDevice(stranger, Date.now(), {
          id: id as DeviceId,
        });
        const keys = {
          credential: bytesOf(certificate),
          signatureSeed: seed,
          signatureKey: await publicKeyOf(seed),
        };
        const life = { notBeforeMs: Date.now() - 60_000, notAfterMs: Date.now() + 86_400_000 };
        return base64Of((await mls.keyPackage(keys, life)).publicBytes);
      };
      let asked = 0;
      const endLie = lie(
        a,
        "claimKeyPackages",
        async ({ packages }: { packages: { user: string; device: string }[] }) => {
          asked += packages.length;
          const made = packages.map(async ({ user, device }) => ({
            ...{ user, device },
            key_package: await falsePackage(device),
          }));
          return { packages: await Promise.all(made) };
        },
      );
      const before = a.engine.counters()["not_genuine"] ?? 0;
      assert.deepEqual(await share(a, first.origin_ts), { kind: "waiting" });
      assert.ok(asked > 0);
      assert.ok((a.engine.counters()["not_genuine"] ?? 0) >= before + asked);
      endLie();
    },
  );

  await t.step("no server holds a word of it", async () => {
    for (const server of [one, two]) {
      assert.deepEqual(found(await dumpDatabase(server), [canary, roomId]), [roomId]);
    }
  });

  await t.step("a span beyond the bound, and oneself, are refused", async () => {
    const to = bea.id;
    for (const spanMs of [0, 40 * 24 * 3_600_000]) {
      await assert.rejects(a.engine.shareHistory(roomId, { channelId: "main", to, spanMs }));
    }
    await assert.rejects(
      a.engine.shareHistory(roomId, { channelId: "main", to: ann.id, spanMs: 1000 }),
    );
  });
});
