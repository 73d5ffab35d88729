/**
 * `kill -9` of the server under load, ten rounds on each store, and of Postgres itself: nothing
 * that was acknowledged may be lost or stored twice. G1 of the proof. What a machine's power cut
 * does is not tested here: kill -9 leaves the page cache.
 */
import assert from "node:assert/strict";
import { casesOf } from "../harness/cases.ts";
import { freePort } from "../../scripts/lib/free_port.ts";
import { databaseUrl, freshDatabase, startCluster } from "../harness/postgres.ts";
import { type ServerProcess, startServerProcess } from "../harness/server_process.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { waitFor } from "../harness/wait_for.ts";
import { connect } from "../../server/postgres/connect.ts";
import { silentLog } from "../../server/system/log.ts";

const ROUNDS = casesOf("G1_KILLS", 10);
const SENDERS = 8;
const MESSAGES_PER_ROUND = casesOf("G1_SENDS_A_KILL", 60);

interface Account {
  readonly token: string;
  readonly guildId: string;
  readonly channelId: string;
}

async function call(server: ServerProcess, path: string, options: {
  readonly method?: string;
  readonly token?: string;
  readonly body?: unknown;
}) {
  const response = await fetch(`${server.url}/client/v1${path}`, {
    method: options.method ?? "POST",
    headers: {
      "content-type": "application/json",
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
    },
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
  });
  return { status: response.status, body: await response.json() };
}

async function found(server: ServerProcess): Promise<Account> {
  const { status, body } = await call(server, "/register", {
    body: {
      user_name: "ann",
      password: "a long enough passphrase, truly 42",
      token: server.setupCode,
    },
  });
  assert.equal(status, 200, JSON.stringify(body));
  const token = body.tokens.access_token;
  const guild = (await call(server, "/guilds", { token, body: { name: "Crash" } })).body;
  const channel = guild.channels.find((each: { kind: string }) => each.kind === "text");
  return { token, guildId: guild.id, channelId: channel.id };
}

/** Sends until the server dies; answers what was acknowledged. An unanswered send is retried. */
class Load {
  readonly acknowledged = new Map<string, string>();
  readonly #waiting: string[] = [];
  #next = 0;

  constructor(readonly account: Account) {}

  async run(server: ServerProcess, count: number): Promise<void> {
    const until = this.acknowledged.size + count;
    const sender = async () => {
      while (this.acknowledged.size < until) {
        const nonce = this.#waiting.pop() ?? `n-${this.#next++}`;
        try {
          const { status, body } = await call(server, `/rooms/${this.account.guildId}/send`, {
            token: this.account.token,
            body: { channel_id: this.account.channelId, body: nonce, nonce },
          });
          if (status === 200) this.acknowledged.set(nonce, body.id);
          else this.#waiting.push(nonce);
        } catch {
          this.#waiting.push(nonce);
          return; // The server is gone.
        }
      }
    };
    await Promise.all(Array.from({ length: SENDERS }, sender));
  }
}

/** Every message of the channel, oldest first. */
async function readAll(server: ServerProcess, account: Account) {
  const all: { id: string; body: string }[] = [];
  for (let before = "";;) {
    // A database that was killed is still reading its log: reading waits for it, losing would not.
    const body = await waitFor("a page", async () => {
      const answer = await call(
        server,
        `/rooms/${account.guildId}/messages?channel_id=${account.channelId}&limit=100${before}`,
        { method: "GET", token: account.token },
      );
      return answer.status === 200 ? answer.body : undefined;
    });
    all.unshift(...body.messages);
    if (!body.has_before) return all;
    before = `&before=${encodeURIComponent(body.messages[0].id)}`;
  }
}

/** Waits until the search finds exactly what is there, however often its index was cut off. */
async function findAll(
  server: ServerProcess,
  account: Account,
  stored: readonly { readonly id: string }[],
): Promise<void> {
  const ids = stored.map(({ id }) => id).sort();
  await waitFor(`the search to find ${ids.length} messages, each once`, async () => {
    const found: string[] = [];
    for (let cursor = ""; found.length <= ids.length;) {
      const path = `/rooms/${account.guildId}/search?q=n&limit=50${cursor}`;
      const { status, body } = await call(server, path, { method: "GET", token: account.token });
      if (status !== 200) break;
      found.push(...body.messages.map(({ id }: { id: string }) => id));
      if (body.next === null) return found.sort().join() === ids.join();
      cursor = `&cursor=${body.next}`;
    }
    // Questions are counted: it is not asked without end.
    await new Promise((go) => setTimeout(go, 500));
    return undefined;
  }, 150_000);
}

function compare(load: Load, stored: readonly { id: string; body: string }[]) {
  const ids = new Map<string, string[]>();
  for (const { id, body } of stored) ids.set(body, [...ids.get(body) ?? [], id]);
  const lost = [...load.acknowledged].filter(([nonce, id]) => !ids.get(nonce)?.includes(id));
  const doubled = [...ids].filter(([, each]) => each.length > 1);
  return { lost, doubled };
}

for (const store of ["postgres", "embedded"] as const) {
  Deno.test(`kill -9 of the server under load loses and doubles nothing (${store})`, async () => {
    await using folder = await tempFolder();
    await using database = store === "postgres" ? await freshDatabase() : undefined;
    const options = {
      dataFolder: folder.path,
      port: freePort(),
      ...(database === undefined ? {} : { databaseUrl: database.url }),
    };
    let server = await startServerProcess(options);
    try {
      const load = new Load(await found(server));
      for (let round = 0; round < ROUNDS; round++) {
        // Killed in the middle of what it is doing, at another point each time.
        const dying = load.run(server, Number.MAX_SAFE_INTEGER);
        const target = load.acknowledged.size + MESSAGES_PER_ROUND + round * 7;
        while (load.acknowledged.size < target) await new Promise((go) => setTimeout(go, 2));
        await server.kill();
        await dying;
        server = await startServerProcess(options);
      }
      await load.run(server, SENDERS * 2);
      const stored = await readAll(server, load.account);
      assert.ok(load.acknowledged.size > ROUNDS * MESSAGES_PER_ROUND);
      assert.deepEqual(compare(load, stored), { lost: [], doubled: [] });
      await findAll(server, load.account, stored);
      // The detector detects: a message taken away and one stored twice are both reported.
      const [first, ...rest] = stored;
      assert.ok(first !== undefined);
      assert.equal(compare(load, rest).lost.length, 1);
      assert.equal(compare(load, [...stored, { ...first, id: "$other" }]).doubled.length, 1);
    } finally {
      await server.kill();
    }
  });
}

Deno.test("kill -9 of Postgres under load loses and doubles nothing", async () => {
  await using folder = await tempFolder();
  await using root = await tempFolder();
  await Deno.chmod(root.path, 0o711);
  const cluster = await startCluster({ folder: `${root.path}`, watchPid: Deno.pid });
  const url = databaseUrl(cluster, "postgres");
  const server = await startServerProcess({
    dataFolder: folder.path,
    port: freePort(),
    databaseUrl: url,
  });
  try {
    const load = new Load(await found(server));
    for (let round = 0; round < 3; round++) {
      const sending = load.run(server, 200);
      await new Promise((go) => setTimeout(go, 150 + round * 130));
      await killBackends(url);
      await sending;
    }
    assert.deepEqual(compare(load, await readAll(server, load.account)), { lost: [], doubled: [] });
  } finally {
    await server.kill();
  }
});

/** Ends every connection as a crash of the database does: in the middle of statements and commits. */
async function killBackends(url: string): Promise<void> {
  const sql = connect({ url, poolSize: 1, log: silentLog });
  const rows = await sql<{ pid: number }[]>`
    select pid from pg_stat_activity
    where backend_type = 'client backend' and pid <> pg_backend_pid()`;
  await sql.end();
  // One backend that dies by SIGKILL makes the postmaster restart all of them from the log.
  const [victim] = rows;
  if (victim !== undefined) Deno.kill(victim.pid, "SIGKILL");
}
