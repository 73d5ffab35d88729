import { Buffer } from "node:buffer";
import { createSocket, type Socket } from "node:dgram";

/** What becomes of a datagram: how often it goes on, now and behind the next one. */
export interface Fate {
  readonly now: number;
  readonly later: number;
}

export const PASS: Fate = { now: 1, later: 0 };
export const LOSE: Fate = { now: 0, later: 0 };

/** Decides by direction, number within it (from 0) and content. */
export type Judge = (way: "up" | "down", count: number, data: Uint8Array) => Fate;

export interface UdpRelay extends AsyncDisposable {
  readonly port: number;
  judge: Judge;
  /** Goes on from another port towards the server, as behind a NAT that has forgotten. */
  rebind(): Promise<void>;
}

/** A network between one client and a server on this machine, in which datagrams suffer. */
export async function udpRelay(serverPort: number, judge: Judge): Promise<UdpRelay> {
  const front = await open();
  let back = await open();
  let clientPort: number | undefined;
  const counts = { up: 0, down: 0 };
  const held: { up: (() => void)[]; down: (() => void)[] } = { up: [], down: [] };
  const carry = (way: "up" | "down", data: Uint8Array, send: () => void) => {
    const fate = relay.judge(way, counts[way]++, data);
    for (let count = 0; count < fate.now; count++) send();
    for (const late of held[way].splice(0)) late();
    for (let count = 0; count < fate.later; count++) held[way].push(send);
  };
  const listenBack = (socket: Socket) => {
    socket.on("message", (data) =>
      carry("down", data, () => {
        if (clientPort !== undefined) front.send(data, clientPort, "127.0.0.1");
      }));
  };
  front.on("message", (data, { port }) => {
    clientPort = port;
    carry("up", data, () => back.send(Buffer.from(data), serverPort, "127.0.0.1"));
  });
  listenBack(back);
  const relay: UdpRelay = {
    port: front.address().port,
    judge,
    async rebind() {
      const former = back;
      back = await open();
      listenBack(back);
      await close(former);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([close(front), close(back)]);
    },
  };
  return relay;
}

async function open(): Promise<Socket> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", () => resolve()));
  return socket;
}

const close = (socket: Socket) => new Promise<void>((resolve) => socket.close(() => resolve()));
