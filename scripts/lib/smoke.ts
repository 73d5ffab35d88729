import assert from "node:assert/strict";
import { crc32, deflateSync } from "node:zlib";
import { freePort } from "./free_port.ts";

/** A server made of one file, started where there is nothing else. */
export interface SmokeReport {
  readonly firstStartMs: number;
  readonly laterStartMs: number;
}

interface Started extends AsyncDisposable {
  readonly address: string;
  readonly adminLink: string | undefined;
  readonly ms: number;
}

const START_MS = 120_000;

/**
 * Starts an executable in an empty folder with an empty home, no PATH and no environment:
 * registers, uploads a picture, sends, asks the running server by command line, restarts, reads.
 */
export async function smoke(executable: string): Promise<SmokeReport> {
  const folder = await Deno.makeTempDir({ prefix: "openguild-smoke-" });
  await Deno.mkdir(`${folder}/home`);
  await Deno.mkdir(`${folder}/work`);
  try {
    const port = freePort();
    const body = `sent at the first start, ${crypto.randomUUID()}`;
    let seen: { token: string; roomId: string; channelId: string };
    let firstStartMs: number;
    {
      await using server = await start(executable, folder, port);
      firstStartMs = server.ms;
      seen = await live(server, body);
      const doctor = await command(executable, folder, ["doctor", "--json"]);
      assert.equal(JSON.parse(doctor).ok, true, doctor);
      await command(executable, folder, ["backup", "b.tar"]);
    }
    await command(executable, folder, ["backup", "verify", "b.tar"]);
    await using again = await start(executable, folder, port);
    assert.equal(again.adminLink, undefined, "the first administrator's link was used");
    const page = await call(again.address, seen.token, {
      method: "GET",
      path: `/client/v1/rooms/${encodeURIComponent(seen.roomId)}/messages?channel_id=${
        encodeURIComponent(seen.channelId)
      }`,
    });
    const bodies = (page["messages"] as { body?: string }[]).map((message) => message.body);
    assert.ok(bodies.includes(body), `the message is gone: ${JSON.stringify(bodies)}`);
    return { firstStartMs, laterStartMs: again.ms };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What a first visitor does; leaves one message behind. */
async function live(server: Started, body: string) {
  const { address, adminLink } = server;
  assert.ok(adminLink, "the log shows no link for the first administrator");
  const home = await fetch(address);
  const html = await home.text();
  assert.equal(home.status, 200);
  for (const [, path] of html.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)) {
    const asset = await fetch(address + path);
    await asset.body?.cancel();
    assert.equal(asset.status, 200, path);
  }
  const source = await fetch(`${address}/source`);
  assert.ok((await source.arrayBuffer()).byteLength > 100_000, `/source: ${source.status}`);
  const grant = await call(address, undefined, {
    method: "POST",
    path: "/client/v1/register",
    body: {
      user_name: "smoke",
      password: "quite a long phrase for smoke",
      token: adminLink.slice(adminLink.lastIndexOf("/") + 1),
    },
  });
  const token = (grant["tokens"] as { access_token: string }).access_token;
  const guild = await call(address, token, {
    method: "POST",
    path: "/client/v1/guilds",
    body: { name: "Smoke" },
  });
  const roomId = guild["id"] as string;
  const channel = (guild["channels"] as { id: string; kind: string }[])
    .find((candidate) => candidate.kind === "text");
  assert.ok(channel, JSON.stringify(guild["channels"]));
  const picture = await fetch(`${address}/client/v1/media/upload?filename=p.png`, {
    method: "PUT",
    headers: { authorization: `Bearer ${token}` },
    body: png(64, 48),
  });
  const media = await picture.json() as { width: number; uri: string };
  assert.equal(media.width, 64, JSON.stringify(media));
  await call(address, token, {
    method: "POST",
    path: `/client/v1/rooms/${encodeURIComponent(roomId)}/send`,
    body: { channel_id: channel.id, body, media: [{ uri: media.uri }] },
  });
  return { token, roomId, channelId: channel.id };
}

async function call(
  address: string,
  token: string | undefined,
  request: { method: string; path: string; body?: unknown },
): Promise<Record<string, unknown>> {
  const answer = await fetch(address + request.path, {
    method: request.method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(request.body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${request.method} ${request.path}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

async function start(executable: string, folder: string, port: number): Promise<Started> {
  const begunMs = performance.now();
  const child = spawn(executable, folder, ["--port", String(port)]);
  const { address, adminLink, drained } = await readStart(child);
  return {
    address,
    adminLink,
    ms: Math.round(performance.now() - begunMs),
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      const { code } = await child.status;
      await drained;
      assert.equal(code, 0, "the server did not stop cleanly");
    },
  };
}

function spawn(executable: string, folder: string, args: string[]): Deno.ChildProcess {
  return new Deno.Command(executable, {
    args,
    cwd: `${folder}/work`,
    clearEnv: true,
    env: { HOME: `${folder}/home` },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function command(executable: string, folder: string, args: string[]): Promise<string> {
  const child = spawn(executable, folder, args);
  const { success, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  assert.ok(success, `${args.join(" ")}: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}

/** Reads the log until the server is ready, and on to its end so that it never blocks. */
async function readStart(child: Deno.ChildProcess) {
  const ready = Promise.withResolvers<{ address: string; adminLink: string | undefined }>();
  let log = "";
  const timer = setTimeout(() => ready.reject(new Error(`it did not start:\n${log}`)), START_MS);
  let adminLink: string | undefined;
  const drained = (async () => {
    for await (const line of lines(child.stderr)) {
      log += `${line}\n`;
      if (!line.startsWith("{")) continue;
      const entry = JSON.parse(line) as { link?: string; address?: string; message: string };
      if (entry.link !== undefined) adminLink = entry.link;
      if (entry.message === "OpenGuild is ready." && entry.address !== undefined) {
        ready.resolve({ address: entry.address, adminLink });
      }
    }
    ready.reject(new Error(`it ended before it was ready:\n${log}`));
  })();
  const unread = child.stdout.cancel();
  const started = await ready.promise.finally(() => clearTimeout(timer));
  return { ...started, drained: Promise.all([drained, unread]) };
}

async function* lines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    yield* parts;
  }
}

/** A gray picture of its own making: the machine may have no tool for one. */
function png(width: number, height: number): Uint8Array<ArrayBuffer> {
  const rows = new Uint8Array((width + 1) * height).map((_, at) => at % (width + 1) === 0 ? 0 : at);
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint32(8, 0x08000000);
  const chunk = (type: string, data: Uint8Array) => {
    const bytes = new Uint8Array(12 + data.length);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, data.length);
    bytes.set(new TextEncoder().encode(type), 4);
    bytes.set(data, 8);
    view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
    return bytes;
  };
  const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
  const parts = [
    chunk("IHDR", new Uint8Array(header.buffer)),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", new Uint8Array()),
  ];
  return new Uint8Array([...signature, ...parts.flatMap((part) => [...part])]);
}
