import assert from "node:assert/strict";
import { freePort } from "../../scripts/lib/free_port.ts";
import { ManualClock, MemoryLog } from "../../tests/harness/parts.ts";
import { selfSigned } from "../../tests/harness/self_signed.ts";
import { tempFolder } from "../../tests/harness/temp_folder.ts";
import { waitFor } from "../../tests/harness/wait_for.ts";
import { loadConfig } from "../config/config.ts";
import { Listener } from "../http/listener.ts";
import { TrustedProxies } from "../http/proxy.ts";
import { systemClock } from "../system/clock.ts";
import { readPair } from "./file_certificate.ts";
import { openTls } from "./open_tls.ts";

async function writePair(folder: string, pair: { cert: string; key: string }) {
  await Deno.writeTextFile(`${folder}/key.pem`, pair.key);
  await Deno.writeTextFile(`${folder}/cert.pem`, pair.cert);
}

function configFor(folder: string, redirectPort: number) {
  return loadConfig({
    env: {},
    workingFolder: folder,
    readFile: () => undefined,
    flags: new Map(Object.entries({
      "listen.host": "127.0.0.1",
      "server.name": "chat.example.test",
      "tls.cert": `${folder}/cert.pem`,
      "tls.key": `${folder}/key.pem`,
      "tls.redirect_port": String(redirectPort),
    })),
  });
}

/** What the server answers to one request over TLS, if its certificate is the expected one. */
async function ask(port: number, expectedCert: string): Promise<string> {
  const client = Deno.createHttpClient({ caCerts: [expectedCert] });
  try {
    const answer = await fetch(`https://127.0.0.1:${port}/x`, {
      client,
      headers: { connection: "close" },
    });
    return await answer.text();
  } finally {
    client.close();
  }
}

Deno.test("TLS 1.3 alone, and changed files are used without a restart or a lost connection", async () => {
  await using folder = await tempFolder();
  const [first, second] = [
    await selfSigned({ name: "localhost", days: 2 }),
    await selfSigned({ name: "localhost", days: 2 }),
  ];
  await writePair(folder.path, first);
  const clock = new ManualClock();
  const log = new MemoryLog();
  await using tls = await openTls(configFor(folder.path, 0), { clock, log });
  assert.ok(tls);
  const listener = await Listener.open({
    app: { fetch: () => Promise.resolve(new Response("hello")) },
    proxies: new TrustedProxies([]),
    clock: systemClock,
    log,
    upgrades: new Map(),
  }, {
    host: "127.0.0.1",
    port: 0,
    certificate: tls.current,
    headerMs: 5000,
    stallMs: 5000,
    idleMs: 5000,
    connectionCount: 100,
    connectionsPerAddress: 100,
  });
  tls.onChange((certificate) => listener.setCertificate(certificate));
  try {
    assert.equal(await ask(listener.port, first.cert), "hello");
    assert.equal(await openssl(listener.port, "-tls1_2"), false);
    assert.equal(await openssl(listener.port, "-tls1_3"), true);

    // Only one half was replaced: the pair cannot be used, the former one stays.
    await Deno.writeTextFile(`${folder.path}/cert.pem`, second.cert);
    clock.advance(61_000);
    await waitFor("the complaint", () => log.lines.some((line) => line.level === "error"));
    assert.equal(await ask(listener.port, first.cert), "hello");

    await writePair(folder.path, second);
    await waitFor("the next look", () => {
      clock.advance(61_000);
      return tls.current.cert === second.cert;
    });
    assert.equal(await ask(listener.port, second.cert), "hello");
    await assert.rejects(ask(listener.port, first.cert));
  } finally {
    await listener.stop();
  }
});

async function openssl(port: number, version: string): Promise<boolean> {
  const output = await new Deno.Command("openssl", {
    args: ["s_client", version, "-connect", `127.0.0.1:${port}`],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).output();
  return output.success;
}

Deno.test("port 80 sends everybody to the public address, whatever Host they name", async () => {
  await using folder = await tempFolder();
  await writePair(folder.path, await selfSigned({ name: "localhost", days: 2 }));
  const port = freePort();
  await using tls = await openTls(configFor(folder.path, port), {
    clock: systemClock,
    log: new MemoryLog(),
  });
  assert.ok(tls);
  const answer = await fetch(`http://127.0.0.1:${port}/a/b?c=d`, { redirect: "manual" });
  assert.equal(answer.status, 308);
  assert.equal(answer.headers.get("location"), "https://chat.example.test/a/b?c=d");
  const unknown = await fetch(`http://127.0.0.1:${port}/.well-known/acme-challenge/nope`, {
    redirect: "manual",
  });
  assert.equal(unknown.status, 308);
});

Deno.test("files that are missing, no PEM, or of different pairs are said to be", async () => {
  await using folder = await tempFolder();
  const files = { certPath: `${folder.path}/cert.pem`, keyPath: `${folder.path}/key.pem` };
  const [one, two] = [
    await selfSigned({ name: "localhost", days: 2 }),
    await selfSigned({ name: "localhost", days: 2 }),
  ];
  await assert.rejects(readPair(files), /tls\.cert: the file .*cert\.pem cannot be read/);
  await writePair(folder.path, { cert: "no certificate", key: one.key });
  await assert.rejects(readPair(files), /is no certificate in PEM form/);
  await writePair(folder.path, { cert: one.cert, key: "no key" });
  await assert.rejects(readPair(files), /is no private key in PEM form/);
  await writePair(folder.path, { cert: one.cert, key: two.key });
  await assert.rejects(readPair(files), /is not the key of the certificate/);
});
