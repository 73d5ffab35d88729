/** Devices of two servers talk, through a cut of the way between them, and nobody reads along. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { DeviceClient, dmOf, signInAgain } from "../harness/device_client.ts";
import { converse, soon } from "../harness/e2ee_wire.ts";
import { type FederatedServer, startServers } from "../harness/federated.ts";
import type { Person } from "../harness/homeserver.ts";
import { openLink } from "../harness/link.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { found } from "./secrecy.ts";

const OPEN = "plain marble said before";

/** Bytes of many connections, one after the other as they came. */
class Capture {
  readonly #parts: string[] = [];
  readonly #decoder = new TextDecoder("latin1");

  readonly take = (bytes: Uint8Array): void => {
    this.#parts.push(this.#decoder.decode(bytes));
  };

  text(): string {
    return this.#parts.join("");
  }
}

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
