import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { freePort } from "../../scripts/lib/free_port.ts";
import { CountingRng, ManualClock } from "../../tests/harness/parts.ts";
import { freshDatabase } from "../../tests/harness/postgres.ts";
import { selfSigned } from "../../tests/harness/self_signed.ts";
import { tempFolder } from "../../tests/harness/temp_folder.ts";
import { loadConfig } from "../config/config.ts";
import { FolderBlobStore } from "../files/blob_store.ts";
import { connect, DatabaseRefusedError } from "../postgres/connect.ts";
import { silentLog } from "../system/log.ts";
import { systemClock } from "../system/clock.ts";
import { checkBlobs } from "./checks/blobs.ts";
import { checkClock } from "./checks/clock.ts";
import { checkDataFolder } from "./checks/data_folder.ts";
import { checkDatabase, checkVersion, unreachable } from "./checks/database.ts";
import { checkDisk } from "./checks/disk.ts";
import { checkName } from "./checks/name.ts";
import { checkPort } from "./checks/port.ts";
import { checkTls } from "./checks/tls.ts";
import { checkVoice } from "./checks/voice.ts";
// Loaded before any test: what one loads it would have to let go again.
import "../../tests/harness/engines.ts";
import type { Finding } from "./finding.ts";

function config(flags: Record<string, string>, folder = "/srv") {
  return loadConfig({
    env: {},
    flags: new Map(Object.entries(flags)),
    workingFolder: folder,
    readFile: () => undefined,
  });
}

/** Exactly one finding that is not good, whose text and advice say this. */
function assertFound(
  findings: readonly Finding[],
  expected: { status: "warning" | "problem"; message: RegExp; advice: RegExp },
): void {
  const bad = findings.filter((finding) => finding.status !== "ok");
  assert.equal(bad.length, 1, JSON.stringify(findings));
  assert.equal(bad[0]?.status, expected.status);
  assert.match(bad[0]?.message ?? "", expected.message);
  assert.match(bad[0]?.advice ?? "", expected.advice);
}

function assertGood(findings: readonly Finding[]): void {
  assert.ok(findings.length > 0);
  assert.deepEqual(findings.filter((finding) => finding.status !== "ok"), []);
}

Deno.test("database: good, unreachable, unsafe, behind, too old, embedded", async () => {
  await using good = await freshDatabase();
  assertGood(await checkDatabase({ kind: "postgres", sql: good.sql }));

  const dead = connect({
    url: `postgres://u:p@127.0.0.1:${freePort()}/x`,
    poolSize: 1,
    log: silentLog,
    connectTimeoutMs: 60_000,
  });
  assertFound(await checkDatabase({ kind: "postgres", sql: dead }), {
    status: "problem",
    message: /does not answer: .*REFUSED/,
    advice: /Is Postgres running, and is DATABASE_URL right/,
  });
  await dead.end({ timeout: 0 });

  await good.sql.unsafe(`alter database ${good.name} set synchronous_commit = off`);
  const unsafe = connect({ url: good.url, poolSize: 1, log: silentLog });
  assertFound(await checkDatabase({ kind: "postgres", sql: unsafe }), {
    status: "problem",
    message: /synchronous_commit = off: a crash loses messages/,
    advice: /alter system set synchronous_commit = on/,
  });
  await unsafe.end();

  await using empty = await freshDatabase({ migrated: false });
  assertFound(await checkDatabase({ kind: "postgres", sql: empty.sql }), {
    status: "warning",
    message: /empty: no server has used it yet/,
    advice: /openguild migrate/,
  });
  const name = `guest_${empty.name}`;
  await empty.sql.unsafe(`create role ${name} login`);
  const url = new URL(empty.url);
  url.username = name;
  const guest = connect({ url: url.href, poolSize: 1, log: silentLog });
  assertFound(await checkDatabase({ kind: "postgres", sql: guest }), {
    status: "problem",
    message: new RegExp(`${name} may not make tables`),
    advice: new RegExp(`alter database NAME owner to ${name}`),
  });
  await guest.end();
  await empty.sql.unsafe(`drop role ${name}`);
  assertFound([unreachable(new DatabaseRefusedError("The database's encoding is LATIN1."))], {
    status: "problem",
    message: /cannot be used.*LATIN1/,
    advice: /DATABASE_URL/,
  });
  await good.sql`delete from schema_migrations where version = 2`;
  assertFound(await checkDatabase({ kind: "postgres", sql: good.sql }), {
    status: "warning",
    message: /1 migration waits\./,
    advice: /openguild migrate/,
  });
  await good.sql`insert into schema_migrations select 2, 'x', 'x', 1`;
  assertFound(checkVersion(140_009), {
    status: "problem",
    message: /version 14/,
    advice: /15 or later/,
  });
  assertFound(await checkDatabase({ kind: "embedded", sql: good.sql }), {
    status: "warning",
    message: /never calls fsync/,
    advice: /openguild backup FILE.*DATABASE_URL.*openguild restore FILE/,
  });
});

Deno.test("file store: good, unwritable, forgetful, undeleting", async () => {
  await using temp = await tempFolder();
  const rng = new CountingRng();
  const blobs = await FolderBlobStore.open(temp.path);
  assertGood(await checkBlobs({ blobs, rng }));
  assert.deepEqual(await Array.fromAsync(blobs.list("")), []);
  const broken = [
    [{ put: () => Promise.reject(new Error("Access Denied")) }, /fails to write: Access Denied/],
    [{ get: () => Promise.resolve(undefined) }, /fails to read: it gives back other bytes/],
    [{ delete: () => Promise.resolve() }, /fails to delete: what was deleted is still there/],
  ] as const;
  for (const [fault, message] of broken) {
    const faulty = Object.assign(await FolderBlobStore.open(temp.path), fault);
    assertFound(await checkBlobs({ blobs: faulty, rng }), {
      status: "problem",
      message,
      advice: /rights to get, put, delete and list/,
    });
  }
});

Deno.test("clock: good, far from the database's, before there was a program", async () => {
  await using db = await freshDatabase();
  const database = { kind: "postgres" as const, sql: db.sql };
  assertGood(await checkClock({ clock: systemClock, database }));
  for (const [skewMs, message] of [[-90_000, /ahead of/], [90_000, /behind/]] as const) {
    const clock = { ...systemClock, now: () => systemClock.now() + skewMs };
    assertFound(await checkClock({ clock, database }), {
      status: "problem",
      message,
      advice: /timedatectl set-ntp true/,
    });
  }
  assertFound(await checkClock({ clock: new ManualClock(0), database: undefined }), {
    status: "problem",
    message: /believes it is 1970/,
    advice: /timedatectl/,
  });
});

Deno.test("port: free, taken, an address that this machine has not, our own", () => {
  const free = freePort();
  assertGood(checkPort({ host: "127.0.0.1", port: free, isRunning: false }));
  using held = Deno.listen({ hostname: "127.0.0.1", port: free });
  assert.ok(held);
  assertFound(checkPort({ host: "127.0.0.1", port: free, isRunning: false }), {
    status: "problem",
    message: /Another program listens/,
    advice: /--port/,
  });
  assertGood(checkPort({ host: "127.0.0.1", port: free, isRunning: true }));
  assertFound(checkPort({ host: "203.0.113.1", port: free, isRunning: false }), {
    status: "problem",
    message: /cannot listen on 203\.0\.113\.1/,
    advice: /--host/,
  });
});

Deno.test("data folder: good, absent, a file, open to others, keys open to others", async () => {
  await using temp = await tempFolder();
  const path = `${temp.path}/data`;
  assertFound(await checkDataFolder(path), {
    status: "warning",
    message: /not there yet/,
    advice: /first start makes it/,
  });
  await Deno.mkdir(`${path}/keys`, { recursive: true });
  await Deno.chmod(path, 0o700);
  assertGood(await checkDataFolder(path));
  await Deno.writeTextFile(`${path}/keys/k`, "secret", { mode: 0o600 });
  assertGood(await checkDataFolder(path));
  await Deno.chmod(`${path}/keys/k`, 0o644);
  assertFound(await checkDataFolder(path), {
    status: "problem",
    message: /keys\/k can be read by other users/,
    advice: /chmod go-rwx .*keys\/k/,
  });
  await Deno.chmod(`${path}/keys/k`, 0o600);
  await Deno.chmod(path, 0o755);
  assertFound(await checkDataFolder(path), {
    status: "problem",
    message: /can be read by other users/,
    advice: /chmod go-rwx/,
  });
  await Deno.writeTextFile(`${temp.path}/file`, "");
  assertFound(await checkDataFolder(`${temp.path}/file`), {
    status: "problem",
    message: /is a file/,
    advice: /--data/,
  });
});

Deno.test("disk: room, little, none, and a folder that is not there yet", async () => {
  await using temp = await tempFolder();
  const free = (bytes: number) => () => Promise.resolve(bytes);
  assertGood(await checkDisk(temp.path, free(50 * 1024 ** 3)));
  assertFound(await checkDisk(temp.path, free(1.5 * 1024 ** 3)), {
    status: "warning",
    message: /1\.5 GiB are free/,
    advice: /Make room/,
  });
  assertFound(await checkDisk(temp.path, free(1024)), {
    status: "problem",
    message: /about to stop/,
    advice: /Make room/,
  });
  assert.equal((await checkDisk(`${temp.path}/not/yet/there`)).length, 1);
});

Deno.test("tls: good, ending, ended, for another name, missing, plain HTTP to the world", async () => {
  await using temp = await tempFolder();
  const pair = await selfSigned({ name: "chat.example.org", days: 90 });
  await Deno.writeTextFile(`${temp.path}/cert.pem`, pair.cert);
  await Deno.writeTextFile(`${temp.path}/key.pem`, pair.key);
  const files = { "tls.cert": `${temp.path}/cert.pem`, "tls.key": `${temp.path}/key.pem` };
  const good = config({ ...files, "server.name": "chat.example.org" });
  const nowMs = systemClock.now();
  const day = 86_400_000;
  assertGood(await checkTls(good, nowMs));
  const cases = [
    [good, nowMs + 80 * day, "warning", /ends on/, /within a minute/],
    [good, nowMs + 91 * day, "problem", /ended on/, /Renew it/],
    [good, nowMs - day, "problem", /not valid yet/, /clock/],
    [
      config({ ...files, "server.name": "other.org" }),
      nowMs,
      "problem",
      /not for other\.org/,
      /server\.public_url/,
    ],
    [
      config({ ...files, "tls.key": "/nowhere", "server.name": "chat.example.org" }),
      nowMs,
      "problem",
      /\/nowhere cannot be read/,
      /PEM files/,
    ],
    [
      config({ "tls.acme": "chat.example.org", "server.name": "chat.example.org" }, temp.path),
      nowMs,
      "warning",
      /No certificate has been fetched yet/,
      /port 80 must reach this server/,
    ],
    [config({ "listen.host": "0.0.0.0" }), nowMs, "problem", /refuse to log in/, /tls\.acme/],
  ] as const;
  for (const [settings, now, status, message, advice] of cases) {
    assertFound(await checkTls(settings, now), { status, message, advice });
  }
  assertGood(await checkTls(config({}), nowMs));
  assertGood(await checkTls(config({ "server.name": "example.org" }), nowMs));
});

Deno.test("name: good, a trial, another server's database, links to nowhere", () => {
  assertGood(checkName(config({ "server.name": "example.org" }), "example.org"));
  assertFound(checkName(config({}), undefined), {
    status: "warning",
    message: /trial on localhost/,
    advice: /openguild init --name/,
  });
  assertFound(checkName(config({ "server.name": "new.org" }), "old.org"), {
    status: "problem",
    message: /belongs to "old\.org", the configuration says "new\.org"/,
    advice: /name is for ever/,
  });
  assertFound(
    checkName(
      config({ "server.name": "example.org", "server.public_url": "http://localhost:8080" }),
      "example.org",
    ),
    { status: "warning", message: /links lead to http:\/\/localhost/, advice: /public_url/ },
  );
});

Deno.test("voice: off, without an address, a port in use, and what has to be open", async () => {
  const given = (flags: Record<string, string>, bus: "none" | "nats" = "none") => ({
    config: config(flags),
    clock: systemClock,
    interfaces: [
      { family: "IPv4" as const, address: "127.0.0.1" },
      { family: "IPv4" as const, address: "10.1.2.3" },
      { family: "IPv6" as const, address: "fe80::1" },
    ],
    bus,
    running: undefined,
  });
  // Without a word of it voice is on: a trial has it on this machine, on whatever port is free.
  const [trial] = await checkVoice(given({}));
  assert.match(trial?.message ?? "", /^Voice can have (port 10000 of UDP and TCP|any free port)/);
  assert.match(
    trial?.message ?? "",
    /browsers send to 127\.0\.0\.1, 10\.1\.2\.3\. That is this machine alone/,
  );
  assertGood(await checkVoice(given({ "voice.enabled": "no" })));
  assertFound(await checkVoice(given({ "server.name": "example.org" })), {
    status: "warning",
    message: /no public address/,
    advice: /voice\.announce.*voice\.enabled/,
  });
  const several = await checkVoice(given({
    "bus.nats_url": "nats://127.0.0.1:4222",
    "database.url": "postgres://127.0.0.1/none",
  }, "nats"));
  assertGood(several);
  assert.match(several[0]?.message ?? "", /off, because several processes/);
  const on = { "voice.enabled": "yes", "voice.host": "127.0.0.1", "server.name": "example.org" };
  assertFound(await checkVoice(given(on)), {
    status: "problem",
    message: /no public address/,
    advice: /voice\.announce/,
  });
  const port = freePort();
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(port, "127.0.0.1", resolve));
  const free = { ...on, "voice.announce": "192.0.2.7", "voice.port": String(port) };
  assertFound(await checkVoice(given(free)), {
    status: "problem",
    message: /Port \d+ of UDP and TCP cannot be opened \(127\.0\.0\.1: .*EADDRINUSE/,
    advice: /voice\.port/,
  });
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  const good = await checkVoice(given(free));
  assertGood(good);
  assert.match(
    good[0]?.message ?? "",
    /browsers send to 192\.0\.2\.7\. Let port \d+ of UDP and TCP through/,
  );
  const two = await checkVoice(given({ ...free, "voice.workers": "2" }));
  assert.match(
    two.map(({ message }) => message).join(),
    new RegExp(`port(s ${port},|) ${port + 1} of UDP and TCP`, "i"),
  );
  const runs = (engine: "stock" | "fast") => ({
    absence: undefined,
    sfu: { engine, ports: [port] },
  });
  const said = async (flags: Record<string, string>, engine?: "stock" | "fast") =>
    (await checkVoice({ ...given(flags), running: engine && runs(engine) })).map(({ message }) =>
      message
    ).join(" ");
  const fast = { ...free, "voice.fast_path": "yes" };
  assert.match(await said(free), /Calls run on Deno's own sockets and cipher/);
  assert.match(await said(free, "stock"), /Calls run on Deno's own sockets and cipher/);
  assert.match(await said(fast, "fast"), /Calls run on the fast path/);
  assertGood(await checkVoice(given(fast)));
  assertFound(await checkVoice({ ...given(fast), running: runs("stock") }), {
    status: "warning",
    message: /without the fast path, which works here by now/,
    advice: /Start the server again/,
  });
  assertFound(
    await checkVoice({ ...given(free), running: { absence: "no_port", sfu: undefined } }),
    {
      status: "problem",
      message: /could not open port \d+ of UDP and TCP/,
      advice: /Stop what uses the port/,
    },
  );
  assertFound(await checkVoice(given({ ...free, "voice.port": "0" })), {
    status: "warning",
    message: /another port with each start/,
    advice: /Set voice\.port/,
  });
  assertFound(await checkVoice(given(free, "nats")), {
    status: "warning",
    message: /one process holds all calls/,
    advice: /as one process/,
  });
  const here = await checkVoice(
    given({ ...free, "server.public_url": "http://one.localhost:8101" }),
  );
  assert.ok(!here.some(({ message }) => message.includes("no microphone")));
  assertFound(await checkVoice(given({ ...free, "server.public_url": "http://example.org" })), {
    status: "warning",
    message: /no microphone to pages without HTTPS/,
    advice: /certificate/,
  });
});
