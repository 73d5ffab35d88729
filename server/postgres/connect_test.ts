import assert from "node:assert/strict";
import {
  type Cluster,
  databaseUrl,
  freshDatabase,
  sharedCluster,
  startCluster,
} from "../../tests/harness/postgres.ts";
import { startResettingProxy } from "../../tests/harness/resetting_proxy.ts";
import { selfSigned } from "../../tests/harness/self_signed.ts";
import { tempFolder } from "../../tests/harness/temp_folder.ts";
import { unprivilegedUser } from "../../tests/harness/unprivileged.ts";
import { awayCode } from "../system/away.ts";
import { silentLog } from "../system/log.ts";
import { connect, DatabaseRefusedError, requireDurability, requireUtf8 } from "./connect.ts";
import type { Sql } from "./sql.ts";

Deno.test("a database that acknowledges before it stores is refused unless accepted", async () => {
  await using db = await freshDatabase({ migrated: false });
  await requireDurability(db.sql, { acceptUnsafe: false, log: silentLog });
  await db.sql.unsafe(`alter database ${db.name} set synchronous_commit = off`);
  const sql = connect({ url: db.url, poolSize: 1, log: silentLog });
  try {
    await assert.rejects(
      requireDurability(sql, { acceptUnsafe: false, log: silentLog }),
      (error) => {
        assert.ok(error instanceof DatabaseRefusedError);
        assert.match(error.message, /synchronous_commit=off/);
        return true;
      },
    );
    await requireDurability(sql, { acceptUnsafe: true, log: silentLog });
  } finally {
    await sql.end();
  }
});

Deno.test("a database that cannot hold every text is refused", async () => {
  await using db = await freshDatabase({ migrated: false });
  await requireUtf8(db.sql);
  const latin = `${db.name}_latin`;
  await db.sql.unsafe(
    `create database ${latin} template template0 encoding 'LATIN1' locale 'C'`,
  );
  const sql = connect({ url: db.url.replace(db.name, latin), poolSize: 1, log: silentLog });
  try {
    await assert.rejects(requireUtf8(sql), (error) => {
      assert.ok(error instanceof DatabaseRefusedError);
      assert.match(error.message, /encoding is LATIN1/);
      return true;
    });
  } finally {
    await sql.end();
    await db.sql.unsafe(`drop database ${latin}`);
  }
});

Deno.test("64-bit integers arrive as numbers, and one beyond 2^53 is an error", async () => {
  await using db = await freshDatabase({ migrated: false });
  const [row] = await db.sql`select 9007199254740991::bigint as big`;
  assert.equal(row?.["big"], Number.MAX_SAFE_INTEGER);
  await assert.rejects(
    async () => await db.sql`select 9007199254740993::bigint as big`,
    /beyond what a number can hold/,
  );
});

async function terminate(admin: Sql): Promise<void> {
  await admin`
    select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'victim'`;
}

/** Ends the connections of a busy pool again and again; resolves when each query was answered. */
async function endAgainAndAgain(url: string, end: () => unknown): Promise<void> {
  const sql = connect({ url, poolSize: 1, log: silentLog, applicationName: "victim" });
  let running = true;
  let answered = 0;
  let failed = 0;
  const callers = Array.from({ length: 3 }, async () => {
    while (running) {
      await sql`select 1`.then(() => answered++, () => failed++);
    }
  });
  for (let round = 0; round < 150; round++) {
    await end();
    await new Promise((resolve) => setTimeout(resolve, round % 20));
  }
  running = false;
  await Promise.all(callers);
  assert.ok(failed > 0 && answered > 0, `${answered} answered, ${failed} failed`);
  await sql.end();
}

Deno.test("every query is answered, however often its connection is ended", async () => {
  await using db = await freshDatabase({ migrated: false });
  await endAgainAndAgain(db.url, () => terminate(db.sql));
});

/** A query on a connection that has gone silent fails, and the next one has a new connection. */
async function swallowed(cluster: Cluster, query: string): Promise<void> {
  await using proxy = await startResettingProxy(cluster.port);
  const url = databaseUrl({ ...cluster, port: proxy.port }, "postgres") + query;
  const sql = connect({ url, poolSize: 1, log: silentLog, silenceMs: 400 });
  try {
    const backend = async () =>
      (await sql<{ pid: number }[]>`select pg_backend_pid() as pid`)[0]?.pid;
    const before = await backend();
    // Nobody asks, and nobody is silent.
    await new Promise((resolve) => setTimeout(resolve, 800));
    assert.equal(await backend(), before);
    proxy.swallow();
    await assert.rejects(backend(), (error) => awayCode(error) !== undefined);
    assert.notEqual(await backend(), before);
  } finally {
    await sql.end({ timeout: 0 });
  }
}

Deno.test("a connection that brings nothing back is given up", async () => {
  await swallowed(await sharedCluster(), "");
});

Deno.test("over TLS too: every query is answered, and what cannot be secure is refused", async (t) => {
  await using folder = await tempFolder();
  const pair = await selfSigned({ name: "localhost", days: 2 });
  const user = await unprivilegedUser();
  for (const [name, pem] of [["cert.pem", pair.cert], ["key.pem", pair.key]] as const) {
    const path = `${folder.path}/${name}`;
    await Deno.writeTextFile(path, pem, { mode: 0o600 });
    if (user.uid !== undefined) await Deno.chown(path, user.uid, user.gid);
  }
  const cluster = await startCluster({
    folder: folder.path,
    watchPid: Deno.pid,
    settings: [
      "ssl = on",
      `ssl_cert_file = '${folder.path}/cert.pem'`,
      `ssl_key_file = '${folder.path}/key.pem'`,
    ],
  });
  const plain = databaseUrl(cluster, "postgres");
  await using admin = ending(plain);
  const secured = async (url: string) => {
    await using one = ending(url);
    const [row] = await one.sql<{ ssl: boolean }[]>`
      select ssl from pg_stat_ssl where pid = pg_backend_pid()`;
    return row?.ssl;
  };

  await t.step("each mode", async () => {
    assert.equal(await secured(plain), false);
    for (const mode of ["require", "allow", "prefer"]) {
      assert.equal(await secured(`${plain}?sslmode=${mode}`), true, mode);
    }
    // Nobody vouches for the certificate.
    await assert.rejects(secured(`${plain}?sslmode=verify-full`), /certificate|UnknownIssuer/i);
  });

  await t.step("connections that are ended", async () => {
    await endAgainAndAgain(`${plain}?sslmode=require`, () => terminate(admin.sql));
  });

  await t.step("connections that are reset", async () => {
    await using proxy = await startResettingProxy(cluster.port);
    const url = databaseUrl({ ...cluster, port: proxy.port }, "postgres");
    await endAgainAndAgain(`${url}?sslmode=require`, () => proxy.reset());
  });

  await t.step("connections that carry nothing any more", async () => {
    await swallowed(cluster, "?sslmode=require");
  });

  await t.step("a database without TLS", async () => {
    await using db = await freshDatabase({ migrated: false });
    assert.equal(await secured(`${db.url}?sslmode=prefer`), false);
    await assert.rejects(secured(`${db.url}?sslmode=require`), /does not speak TLS.*require/);
  });

  await t.step("a server that takes the connection and says nothing", async () => {
    using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = silent.addr as Deno.NetAddr;
    const sql = connect({
      url: `postgres://u:p@127.0.0.1:${port}/x?sslmode=require`,
      poolSize: 1,
      log: silentLog,
      connectTimeoutMs: 300,
    });
    await assert.rejects(async () => await sql`select 1`, /did not answer the TLS handshake/);
    await sql.end({ timeout: 0 });
  });
});

function ending(url: string): { readonly sql: Sql } & AsyncDisposable {
  const sql = connect({ url, poolSize: 1, log: silentLog });
  return { sql, [Symbol.asyncDispose]: () => sql.end({ timeout: 0 }) };
}
