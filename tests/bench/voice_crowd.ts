/** The other half of `voice.ts`: participants who all talk, and count what they hear. */
import { Buffer } from "node:buffer";
import { createSocket, type Socket } from "node:dgram";
import { makeIdentity } from "../../voice/werift/certificate.ts";
import { type OfferedSeat, ScriptedPeer } from "../harness/scripted_peer.ts";
import { type JanusRoom, openJanusRoom } from "./janus_room.ts";
import { serveLines } from "./part.ts";
import type { SeatOffer } from "./voice_server.ts";

export type CrowdOrder =
  /** Makes a participant for each offer; answered with their answers. */
  | { readonly kind: "answer"; readonly port: number; readonly offers: readonly SeatOffer[] }
  | { readonly kind: "connect" }
  /** Participants who only send and count, for the bare task. */
  | { readonly kind: "bare"; readonly port: number; readonly count: number }
  /** A room of Janus with so many, who talk on one connection and hear on another. */
  | { readonly kind: "janus"; readonly url: string; readonly count: number }
  /** `ears`: how many hear each packet. Answered when all was heard, or nothing more comes. */
  | { readonly kind: "talk"; readonly seconds: number; readonly ears: number }
  /** Somebody who comes later; answered with their answer. */
  | { readonly kind: "enter"; readonly port: number; readonly offer: SeatOffer }
  /** They connect while the others talk; answered when they have heard somebody. */
  | { readonly kind: "hear" }
  | { readonly kind: "leave" };

export interface Talked {
  readonly sent: number;
  readonly heard: number;
}

const PAYLOAD = Buffer.alloc(100, 7);
/** As much as the sealed packet of a payload has. */
const BARE = Buffer.alloc(PAYLOAD.length + 20 + 16, 0x80);
const PACKET_MS = 20;
const LOST_MS = 3000;

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** A seat in the other process: what it offers comes by line, and so do the answers. */
class DistantSeat implements OfferedSeat {
  offer: SeatOffer & { readonly mids: []; readonly sends: [] };
  answered = "";
  #callback: () => void = () => {};

  constructor(offer: SeatOffer) {
    this.offer = { ...offer, mids: [], sends: [] };
  }

  next(offer: SeatOffer): void {
    this.offer = { ...offer, mids: [], sends: [] };
    this.#callback();
  }

  answer(_seq: number, sdp: string): { ok: true } {
    this.answered = sdp;
    return { ok: true };
  }

  onOffer(callback: (offer: DistantSeat["offer"]) => void): void {
    this.#callback = () => callback(this.offer);
  }
}

const identity = await makeIdentity();
let peers: ScriptedPeer<DistantSeat>[] = [];
/** Who came later, the last one at the end. */
let late: ScriptedPeer<DistantSeat>[] = [];
let room: JanusRoom | undefined;
let sockets: { readonly socket: Socket; readonly port: number; heard: number }[] = [];

async function answer(port: number, offers: readonly SeatOffer[]): Promise<string[]> {
  if (peers.length === 0) {
    const seats = offers.map((offer) => new DistantSeat(offer));
    peers = await Promise.all(seats.map((seat) => ScriptedPeer.open(seat, port, identity)));
    for (const peer of peers) peer.isDeaf = true;
  }
  peers.forEach(({ seat }, at) => seat.next(offers[at] ?? seat.offer));
  return peers.map(({ seat }) => seat.answered);
}

async function openBare(port: number, count: number): Promise<void> {
  sockets = await Promise.all(Array.from({ length: count }, async () => {
    const socket = createSocket("udp4");
    await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", () => resolve()));
    const made = { socket, port, heard: 0 };
    socket.on("message", () => made.heard++);
    return made;
  }));
}

const heard = () =>
  [...peers, ...room?.ears ?? []].reduce((sum, { received }) => sum + received.rtp, 0) +
  sockets.reduce((sum, each) => sum + each.heard, 0);

/** Each says something every 20 ms; not all in the same moment, as people do. */
async function talk(seconds: number, ears: number): Promise<Talked> {
  const before = heard();
  const voices = [
    ...[...peers, ...room?.talkers ?? []].map((peer) => () => peer.speak(PAYLOAD)),
    ...sockets.map(({ socket, port }) => () => socket.send(BARE, port, "127.0.0.1")),
  ];
  const begin = performance.now();
  const perMs = voices.length / PACKET_MS;
  let sent = 0;
  for (let passed = 0; passed < seconds * 1000; passed = performance.now() - begin) {
    while (sent < passed * perMs) voices[sent++ % voices.length]?.();
    await sleep(1);
  }
  let last = { heard: -1, at: performance.now() };
  while (heard() - before < sent * ears && performance.now() - last.at < LOST_MS) {
    if (heard() > last.heard) last = { heard: heard(), at: performance.now() };
    await sleep(20);
  }
  return { sent, heard: heard() - before };
}

async function enter(port: number, offer: SeatOffer): Promise<string> {
  const seat = new DistantSeat(offer);
  late.push(await ScriptedPeer.open(seat, port, identity));
  seat.next(offer);
  return seat.answered;
}

async function hear(): Promise<void> {
  const peer = late.at(-1);
  if (peer === undefined) throw new Error("Nobody has entered");
  const { promise, resolve } = Promise.withResolvers<void>();
  peer.onVoice = () => resolve();
  const talking = setInterval(() => peers.forEach((peer) => peer.speak(PAYLOAD)), PACKET_MS);
  await peer.connect();
  await promise;
  clearInterval(talking);
  peer.isDeaf = true;
}

async function leave(): Promise<void> {
  await Promise.all([...peers, ...late].map((peer) => peer[Symbol.asyncDispose]()));
  late = [];
  for (const { socket } of sockets) socket.close();
  await room?.[Symbol.asyncDispose]();
  room = undefined;
  peers = [];
  sockets = [];
}

if (import.meta.main) {
  await serveLines<CrowdOrder>(async (order): Promise<string[] | string | Talked | null> => {
    if (order.kind === "answer") return await answer(order.port, order.offers);
    if (order.kind === "talk") return await talk(order.seconds, order.ears);
    if (order.kind === "enter") return await enter(order.port, order.offer);
    if (order.kind === "hear") await hear();
    else if (order.kind === "bare") await openBare(order.port, order.count);
    else if (order.kind === "janus") room = await openJanusRoom(order.url, order.count, identity);
    else if (order.kind === "connect") await Promise.all(peers.map((peer) => peer.connect()));
    else await leave();
    return null;
  });
}
