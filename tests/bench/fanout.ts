/**
 * CPU of the server for one delivery to 1,000 sockets in one channel, beside a bare
 * `Deno.serve` that sends the same text, in one run: `deno run -A tests/bench/fanout.ts`.
 * Clients are raw TCP frame counters in processes of their own; each part runs alone.
 */
import { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";
import process from "node:process";
import { startGateway } from "../harness/gateway_server.ts";
import { message } from "../harness/memory_source.ts";

const SOCKETS = 1000;
const COUNTERS = 2;
const WARM_UP = 50;
const MESSAGES = 300;
/** Between two messages: the machine must keep up, or waiting would be counted. */
const PAUSE_MS = 40;
const BODY = "A message of ordinary length, as people write them to each other. ".repeat(3);

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Starts when a line comes on standard input, then tells CPU and number as JSON. */
async function measure(say: () => void): Promise<void> {
  const go = Deno.stdin.readable.getReader();
  await go.read();
  for (let i = 0; i < WARM_UP; i++) {
    say();
    await sleep(PAUSE_MS);
  }
  const before = process.cpuUsage();
  for (let i = 0; i < MESSAGES; i++) {
    say();
    await sleep(PAUSE_MS);
  }
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ us: (user + system) / (MESSAGES * SOCKETS) }));
  await go.read();
}

async function serveGateway(): Promise<void> {
  await using server = await startGateway();
  server.source.join("ada");
  console.log(JSON.stringify({ port: server.port }));
  let count = 0;
  await measure(() => {
    const body = `${count++} ${BODY}`;
    server.source.publish({ entitlements: [], dispatches: [message(body)] });
  });
}

async function serveBare(): Promise<void> {
  const sockets = new Set<WebSocket>();
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => undefined }, (q) => {
    const { socket, response } = Deno.upgradeWebSocket(q, { idleTimeout: 0 });
    socket.onopen = () => sockets.add(socket);
    return response;
  });
  console.log(JSON.stringify({ port: server.addr.port }));
  let count = 0;
  await measure(() => {
    const { t, d } = message(`${count++} ${BODY}`);
    const text = JSON.stringify({ op: "dispatch", t, d, pos: `p${count}` });
    for (const socket of sockets) socket.send(text);
  });
  Deno.exit();
}

/** Counts the frames of its share of sockets; `identify` is sent where `name` is given. */
async function count(port: number, sockets: number, identify: boolean): Promise<void> {
  let frames = 0;
  const open: Promise<Socket>[] = [];
  for (let i = 0; i < sockets; i++) {
    open.push(openSocket(port, identify, () => frames++));
    if (i % 50 === 49) await Promise.all(open);
  }
  const held = await Promise.all(open);
  await sleep(500);
  frames = 0;
  console.log(JSON.stringify({ ready: sockets }));
  await Deno.stdin.readable.getReader().read();
  console.log(JSON.stringify({ frames }));
  for (const socket of held) socket.destroy();
  Deno.exit();
}

function openSocket(port: number, identify: boolean, onFrame: () => void): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.on("error", reject);
    socket.write(
      "GET /client/v1/gateway HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
    );
    let rest: Buffer = Buffer.alloc(0);
    let upgraded = false;
    socket.on("data", (part: Buffer) => {
      rest = rest.length === 0 ? part : Buffer.concat([rest, part]);
      if (!upgraded) {
        const end = rest.indexOf("\r\n\r\n");
        if (end < 0) return;
        rest = rest.subarray(end + 4);
        upgraded = true;
        if (identify) {
          socket.write(maskedText(JSON.stringify({ op: "identify", d: { token: "ada" } })));
        }
        resolve(socket);
      }
      for (;;) {
        const size = frameSize(rest);
        if (size === undefined || rest.length < size) return;
        rest = rest.subarray(size);
        onFrame();
      }
    });
  });
}

function frameSize(bytes: Buffer): number | undefined {
  const short = bytes.length < 2 ? undefined : (bytes[1] ?? 0) & 127;
  if (short === undefined) return undefined;
  if (short < 126) return 2 + short;
  if (short === 126) return bytes.length < 4 ? undefined : 4 + bytes.readUInt16BE(2);
  return bytes.length < 10 ? undefined : 10 + Number(bytes.readBigUInt64BE(2));
}

function maskedText(text: string): Buffer {
  const payload = Buffer.from(text);
  // An all-zero mask leaves the payload as it is; RFC 6455 asks for its presence alone.
  const head = Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]);
  return Buffer.concat([head, payload]);
}

/** A child of this file, told by lines and telling JSON lines. */
class Part {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: ReadableStreamDefaultReader<string>;
  #text = "";

  constructor(...args: string[]) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", new URL(import.meta.url).pathname, ...args],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#output = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  async go(): Promise<void> {
    await this.#input.write(new TextEncoder().encode("go\n"));
  }

  async hear(name: string): Promise<number> {
    while (!this.#text.includes("\n")) {
      const { value, done } = await this.#output.read();
      if (done) throw new Error(`a part ended before it told ${name}`);
      this.#text += value;
    }
    const end = this.#text.indexOf("\n");
    const told: Record<string, number> = JSON.parse(this.#text.slice(0, end));
    this.#text = this.#text.slice(end + 1);
    const number = told[name];
    if (number === undefined) throw new Error(`a part told ${JSON.stringify(told)}, not ${name}`);
    return number;
  }

  async end(): Promise<void> {
    await this.#input.close().catch(() => undefined);
    await this.#child.status;
  }
}

/** Microseconds of CPU for one delivery, and how many frames arrived of those sent. */
async function run(kind: "gateway" | "bare"): Promise<{ us: number; arrived: number }> {
  const server = new Part(kind);
  const port = await server.hear("port");
  const counters = Array.from(
    { length: COUNTERS },
    () => new Part("count", String(port), String(SOCKETS / COUNTERS), kind),
  );
  for (const counter of counters) await counter.hear("ready");
  await server.go();
  const us = await server.hear("us");
  await sleep(1000);
  let arrived = 0;
  for (const counter of counters) {
    await counter.go();
    arrived += await counter.hear("frames");
    await counter.end();
  }
  await server.end();
  return { us, arrived };
}

async function main(): Promise<void> {
  const sent = (WARM_UP + MESSAGES) * SOCKETS;
  for (let round = 1; round <= 3; round++) {
    const gateway = await run("gateway");
    const bare = await run("bare");
    console.log(
      `round ${round}: gateway ${gateway.us.toFixed(1)} us, bare Deno.serve ${
        bare.us.toFixed(1)
      } us a delivery, ratio ${
        (gateway.us / bare.us).toFixed(2)
      }; arrived ${gateway.arrived} and ${bare.arrived} of ${sent}`,
    );
  }
}

const [role, port, sockets, kind] = Deno.args;
if (role === "gateway") await serveGateway();
else if (role === "bare") await serveBare();
else if (role === "count") await count(Number(port), Number(sockets), kind === "gateway");
else if (import.meta.main) await main();
