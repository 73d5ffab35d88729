/** `kill -9` of one process of a homeserver while the other goes on. */
import assert from "node:assert/strict";
import { Listening } from "../harness/homeserver.ts";
import { freePort } from "../../scripts/lib/free_port.ts";
import { startNats } from "../harness/nats.ts";
import { freshDatabase } from "../harness/postgres.ts";
import { startServerProcess } from "../harness/server_process.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { waitFor } from "../harness/wait_for.ts";

const SENDERS = 6;
const WAIT_MS = 120_000;

for (const kind of ["NATS", "Postgres alone"] as const) {
  Deno.test(`one of two processes is killed, joined by ${kind}`, async () => {
    await using stack = new AsyncDisposableStack();
    const database = stack.use(await freshDatabase());
    const env = kind === "NATS" ? { NATS_URL: stack.use(await startNats()).url } : {};
    const start = async () => {
      const folder = stack.use(await tempFolder());
      return await startServerProcess({
        dataFolder: folder.path,
        port: freePort(),
        databaseUrl: database.url,
        env,
      });
    };
    const doomed = await start();
    let token = "";
    const post = async (url: string, path: string, body: unknown) => {
      const response = await fetch(`${url}/client/v1${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
      });
      const answer = await response.json();
      if (response.status !== 200) throw new Error(`${response.status} ${JSON.stringify(answer)}`);
      return answer;
    };
    const registered = await post(doomed.url, "/register", {
      user_name: "ann",
      password: "a long enough passphrase, truly 42",
      token: doomed.setupCode,
    });
    token = registered.tokens.access_token;
    const guild = await post(doomed.url, "/guilds", { name: "Two" });
    const channel = guild.channels.find((each: { kind: string }) => each.kind === "text");
    const other = await start();
    using socket = await Listening.open(other.url, token);

    const acknowledged: string[] = [];
    let killed = false;
    const senders = Array.from({ length: SENDERS }, async (_, sender) => {
      // Half of them speak to each process; who loses his goes to the other, as a client does.
      let url = sender % 2 ? doomed.url : other.url;
      for (let n = 0; n < 40; n++) {
        const body = `${sender}.${n}`;
        const message = { channel_id: channel.id, body, nonce: body };
        const path = `/rooms/${guild.id}/send`;
        const sent = await post(url, path, message).catch(async (error) => {
          if (url !== doomed.url || !killed) throw error;
          url = other.url;
          return await post(url, path, message);
        });
        acknowledged.push(sent.id);
        if (acknowledged.length === SENDERS * 15) {
          killed = true;
          await doomed.kill();
        }
      }
    });
    await Promise.all(senders);
    assert.ok(killed);
    assert.equal(new Set(acknowledged).size, SENDERS * 40);
    const heard = () => socket.dispatches("message.create").map(({ id }) => id as string);
    await waitFor("every message", () => heard().length >= acknowledged.length, WAIT_MS);
    assert.deepEqual(heard().sort(), [...acknowledged].sort(), "each once, none lost");
    assert.equal(await other.stop(), 0);
  });
}
