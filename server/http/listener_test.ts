import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { casesOf } from "../../tests/harness/cases.ts";
import { MemoryLog } from "../../tests/harness/parts.ts";
import { systemClock } from "../system/clock.ts";
import type { App } from "./app.ts";
import { Listener, type ListenerOptions } from "./listener.ts";
import { TrustedProxies } from "./proxy.ts";

/** Soon enough for a test, and long enough for honest clients of a machine with other work. */
const QUICK = {
  host: "127.0.0.1",
  port: 0,
  headerMs: 1500,
  stallMs: 1500,
  idleMs: 1500,
  connectionCount: 1000,
  connectionsPerAddress: 1000,
} satisfies ListenerOptions;

/** Answers with the size of the body it read, and with what the edge said. */
const echo: App = {
  async fetch(request, env) {
    if (new URL(request.url).pathname === "/slow") await systemClock.sleep(2 * QUICK.stallMs);
    if (new URL(request.url).pathname === "/large") {
      return new Response(new Uint8Array(64 << 20));
    }
    // A body that was made and is not read.
    if (request.body !== null && new URL(request.url).pathname === "/refuse") {
      return new Response(null, { status: 413 });
    }
    const body = await request.arrayBuffer();
    return Response.json({ size: body.byteLength, address: env.address, secure: env.secure });
  },
};

async function listen(options: Partial<ListenerOptions> = {}, proxies: string[] = []) {
  const log = new MemoryLog();
  const listener = await Listener.open(
    {
      app: echo,
      proxies: new TrustedProxies(proxies),
      clock: systemClock,
      log,
      upgrades: new Map(),
    },
    { ...QUICK, ...options },
  );
  return { listener, log };
}

/** A raw client; `closed` resolves with everything the server sent until it hung up. */
function dial(port: number, first: string): { socket: Socket; closed: Promise<string> } {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  let said = "";
  const closed = new Promise<string>((resolve) => {
    socket.on("data", (part) => said += part.toString("latin1"));
    socket.on("error", () => undefined);
    socket.on("end", () => socket.destroy());
    socket.on("close", () => resolve(said));
  });
  socket.on("connect", () => {
    if (first !== "") socket.write(first);
  });
  return { socket, closed };
}

function trickle(socket: Socket, text: string): ReturnType<typeof setInterval> {
  return setInterval(() => {
    if (socket.writable) socket.write(text);
  }, 50);
}

/** Hostile connections of each of five kinds. */
const G27_EACH = casesOf("G27_CONNECTIONS_EACH", 20);

const HEAD = "POST / HTTP/1.1\r\nHost: x\r\n";

Deno.test("hostile connections of five kinds are all closed, and honest ones served", async () => {
  const many = 5 * G27_EACH + 10;
  const { listener } = await listen({ connectionCount: many, connectionsPerAddress: many });
  const timers: ReturnType<typeof setInterval>[] = [];
  const hostile: Promise<string>[] = [];
  for (let i = 0; i < G27_EACH; i++) {
    const silent = dial(listener.port, "");
    const header = dial(listener.port, HEAD);
    timers.push(trickle(header.socket, "x: y\r\n"));
    const stalled = dial(listener.port, `${HEAD}Content-Length: 1000\r\n\r\nabc`);
    const body = dial(listener.port, `${HEAD}Content-Length: 100000\r\n\r\n`);
    timers.push(trickle(body.socket, "a"));
    const half = dial(listener.port, `${HEAD}Content-Length: 1000\r\n\r\n`);
    half.socket.on("connect", () => half.socket.end());
    hostile.push(...[silent, header, stalled, body, half].map((client) => client.closed));
  }
  const honest = await fetch(`http://127.0.0.1:${listener.port}/`, {
    method: "POST",
    body: "hello",
  });
  assert.deepEqual(await honest.json(), { size: 5, address: "127.0.0.1", secure: false });
  // The test fails by never ending where one of them is kept open.
  const said = await Promise.all(hostile);
  assert.equal(said.length, 5 * G27_EACH);
  assert.ok(said.every((text) => !text.includes("200 OK")));
  for (const timer of timers) clearInterval(timer);
  await listener.stop();
  assert.equal(listener.connectionCount, 0);
});

Deno.test("a body that arrives slowly but steadily is taken", async () => {
  const { listener } = await listen();
  const { socket, closed } = dial(
    listener.port,
    `${HEAD}Connection: close\r\nContent-Length: 20000\r\n\r\n`,
  );
  let sent = 0;
  const timer = setInterval(() => {
    if (sent < 20000) socket.write("a".repeat(1000));
    sent += 1000;
    // In all longer than a body may stand still, each time much shorter.
  }, QUICK.stallMs / 10);
  assert.match(await closed, /200 OK[^]*"size":20000/);
  clearInterval(timer);
  await listener.stop();
});

Deno.test("a server that takes its time is not blamed on the visitor", async () => {
  const { listener } = await listen();
  for (const init of [{}, { method: "POST", body: "x".repeat(300_000) }]) {
    const response = await fetch(`http://127.0.0.1:${listener.port}/slow`, init);
    assert.equal((await response.json()).size, init.body?.length ?? 0);
  }
  await listener.stop();
});

Deno.test("a reader that takes nothing of its answer is closed", async () => {
  const { listener } = await listen();
  const client = dial(listener.port, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
  client.socket.pause();
  while (listener.connectionCount === 0) await systemClock.sleep(10);
  while (listener.connectionCount > 0) await systemClock.sleep(20);
  client.socket.destroy();
  await listener.stop();
});

Deno.test("kept connections serve again, then are closed when idle", async () => {
  const { listener } = await listen();
  const { socket, closed } = dial(listener.port, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  socket.once("data", () => socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  assert.equal((await closed).match(/200 OK/g)?.length, 2);
  await listener.stop();
});

Deno.test("heads that are too large or no HTTP are refused", async () => {
  const { listener } = await listen();
  const large = dial(listener.port, `${HEAD}x: ${"y".repeat(40_000)}\r\n\r\n`);
  const wrong = dial(listener.port, "\x16\x03\x01\x00\x00 hello\r\n\r\n");
  const upgrade = dial(
    listener.port,
    "GET /other HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
  );
  assert.match(await large.closed, /^HTTP\/1.1 4\d\d /);
  assert.match(await wrong.closed, /^HTTP\/1.1 400 /);
  assert.match(await upgrade.closed, /^HTTP\/1.1 404 /);
  for (const host of ["<a>", "a b", "a/b", "u@a", "a:99999", "a\r\nhost: b"]) {
    const odd = dial(listener.port, `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    assert.match(await odd.closed, /^HTTP\/1.1 400 /, host);
  }
  await listener.stop();
});

Deno.test("a request whose end or target could be read in two ways is refused", async () => {
  const { listener } = await listen();
  const sent = [
    ["400", "GET http://y/ HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["400", "GET * HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["501", `${HEAD}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
    ["400", `${HEAD}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n`],
    ["400", `${HEAD}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`],
    ["400", "GET / HTTP/1.1\nHost: x\n\n"],
    ["400", "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n"],
    [
      "400",
      "GET /other HTTP/1.1\r\nHost: a/b\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    ],
  ] as const;
  for (const [status, text] of sent) {
    assert.match(await dial(listener.port, text).closed, new RegExp(`^HTTP/1.1 ${status} `), text);
  }
  const whole = "GET http://x/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  assert.match(await dial(listener.port, whole).closed, /^HTTP\/1.1 200 /);
  await listener.stop();
});

Deno.test("who asks on without waiting for answers is cut, some questions at once are not", async () => {
  const { listener } = await listen({ headerMs: 60_000, idleMs: 60_000, stallMs: 60_000 });
  const ask = (count: number) => "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n".repeat(count);
  const eager = dial(listener.port, ask(20_000));
  assert.equal(await eager.closed, "");
  const some = dial(
    listener.port,
    ask(31) + "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
  );
  assert.equal((await some.closed).match(/200 OK/g)?.length, 32);
  await listener.stop();
});

Deno.test("who offers another protocol is answered in this one", async () => {
  const { listener } = await listen();
  const body = "Content-Length: 3\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\nabc";
  const client = dial(listener.port, HEAD + body);
  assert.match(await client.closed, /^HTTP\/1.1 200 [^]*"size":3/);
  await listener.stop();
});

Deno.test("connections are bounded by address and in all", async () => {
  const { listener } = await listen({ connectionsPerAddress: 3, headerMs: 60_000 });
  const clients = Array.from({ length: 5 }, () => dial(listener.port, ""));
  const refused = await Promise.race([
    Promise.all(clients.slice(3).map((client) => client.closed)),
    Promise.any(clients.slice(0, 3).map((client) => client.closed)),
  ]);
  assert.ok(Array.isArray(refused), "those beyond the bound are closed, the first ones stay");
  assert.equal(listener.connectionCount, 3);
  clients[0]?.socket.destroy();
  while (listener.connectionCount === 3) await systemClock.sleep(5);
  const again = dial(listener.port, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  assert.match(await again.closed, /200 OK/);
  for (const { socket } of clients) socket.destroy();
  await listener.stop();
});

Deno.test("visitors behind a trusted proxy are told apart", async () => {
  const { listener } = await listen({}, ["127.0.0.1"]);
  const response = await fetch(`http://127.0.0.1:${listener.port}/`, {
    headers: { "x-forwarded-for": "198.51.100.7", "x-forwarded-proto": "https" },
  });
  assert.deepEqual(await response.json(), { size: 0, address: "198.51.100.7", secure: true });
  await listener.stop();
});

Deno.test("a taken port is an error with the system's code", async () => {
  const { listener } = await listen();
  await assert.rejects(listen({ port: listener.port }), { code: "EADDRINUSE" });
  await listener.stop();
});

Deno.test("what nobody reads of a body is read over, and much of it ends the connection", async () => {
  const { listener } = await listen({ headerMs: 60_000, stallMs: 60_000, idleMs: 60_000 });
  const refused = (bytes: number) =>
    `POST /refuse HTTP/1.1\r\nHost: x\r\nContent-Length: ${bytes}\r\n\r\n${"a".repeat(bytes)}`;
  const next = `${HEAD}Connection: close\r\nContent-Length: 2\r\n\r\nhi`;
  const little = dial(listener.port, refused(300_000) + next);
  const answers = await little.closed;
  assert.match(answers, /^HTTP\/1.1 413 [^]*HTTP\/1.1 200 [^]*"size":2/);
  const much = dial(listener.port, refused(3 << 20) + next);
  assert.doesNotMatch(await much.closed, /HTTP\/1.1 200/);
  await listener.stop();
});
