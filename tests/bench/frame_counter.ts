/**
 * The receiving side of `fanout.ts`, in processes of their own: raw TCP sockets whose frames
 * are counted and not read, so that a thousand of them cost this side less than the server.
 */
import { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";
import { percentile } from "../../scripts/lib/figure.ts";
import type { Seat } from "./crowd.ts";
import { HttpSender } from "./http_sender.ts";
import { serveLines } from "./part.ts";

export type CounterOrder =
  /** Opens sockets; each identifies with one of the tokens in turn, where there are any. */
  | { kind: "open"; port: number; sockets: number; tokens: readonly string[] }
  /** Answers the frames since the last count. */
  | { kind: "count" }
  /** Sends messages, one at a time, and answers how long each took to each socket. */
  | { kind: "time"; port: number; seat: Seat; messages: number; pauseMs: number };

/** Sockets opened at once: a server's queue of new connections is short. */
const OPENED_AT_ONCE = 25;
/** Until what is told at a beginning (who is here, what is new) has come. */
const SETTLE_MS = 1000;
const LOST_MS = 5000;
/** Every frame of a message holds this; presence and the like do not. */
const MESSAGE = Buffer.from('"message.create"');

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

let frames = 0;
let onFrame: () => void = () => undefined;
let sockets = 0;

async function open(order: Extract<CounterOrder, { kind: "open" }>): Promise<unknown> {
  const { port, tokens } = order;
  for (let opened = 0; opened < order.sockets; opened += OPENED_AT_ONCE) {
    const count = Math.min(OPENED_AT_ONCE, order.sockets - opened);
    await Promise.all(
      Array.from(
        { length: count },
        (_, i) => openSocket(port, tokens[(opened + i) % tokens.length]),
      ),
    );
  }
  sockets += order.sockets;
  await sleep(SETTLE_MS);
  return { sockets };
}

function openSocket(port: number, token: string | undefined): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.on("error", reject);
    socket.write(
      "GET /client/v1/gateway HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n" +
        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
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
        if (token !== undefined) {
          socket.write(maskedText(JSON.stringify({ op: "identify", d: { token } })));
        }
        resolve(socket);
      }
      for (;;) {
        const size = frameSize(rest);
        if (size === undefined || rest.length < size) return;
        if (rest.subarray(0, Math.min(size, 64)).includes(MESSAGE)) {
          frames++;
          onFrame();
        }
        rest = rest.subarray(size);
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

async function time(order: Extract<CounterOrder, { kind: "time" }>): Promise<unknown> {
  using sender = await HttpSender.open(order.port, order.seat, "late");
  const times: number[] = [];
  for (let message = 0; message < order.messages; message++) {
    const arrived = Promise.withResolvers<void>();
    const begun = performance.now();
    let left = sockets;
    onFrame = () => {
      times.push(performance.now() - begun);
      if (--left === 0) arrived.resolve();
    };
    const { ok, text } = await sender.send();
    if (!ok) throw new Error(text);
    await Promise.race([arrived.promise, sleep(LOST_MS).then(() => undefined)]);
    if (left > 0) throw new Error(`A message did not come to ${left} of ${sockets} sockets.`);
    await sleep(order.pauseMs);
  }
  return { p50Ms: percentile(times, 0.5), p99Ms: percentile(times, 0.99) };
}

await serveLines<CounterOrder>((order) => {
  if (order.kind === "open") return open(order);
  if (order.kind === "time") return time(order);
  const counted = frames;
  frames = 0;
  return Promise.resolve({ frames: counted });
});
