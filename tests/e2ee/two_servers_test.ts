/** Devices of two servers talk, through a cut of the way between them, and nobody reads along. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { DeviceClient, dmOf, signInAgain } from "../harness/device_client.ts";
import { converse, soon } from "../harness/e2ee_wire.ts";
import { type FederatedServer, startServers } from "../harness/federated.ts";
import type { Person } from "../harness/homeserver.ts";
import { tempFolder } from "../harness/temp_folder.ts";

Deno.test("devices of two servers talk, add one, and go on while the way between them is cut", async (t) => {
  await using federation = await startServers(2);
  await using folder = await tempFolder();
  await using stack = new AsyncDisposableStack();
  const [one, two] = federation.servers as [FederatedServer, FederatedServer];
  const [ann, bea] = [await one.register("ann"), await two.register("bea")];
  const open = async (person: Person, name: string) => {
    const client = stack.use(
      await DeviceClient.open(person, { folder: join(folder.path, name) }),
    );
    await client.engine.setUp({ name });
    return client;
  };
  const [a, b] = [await open(ann, "ann-1"), await open(bea, "bea-1")];
  const roomId = await converse(ann, bea);
  const kind = dmOf(ann, bea);
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
