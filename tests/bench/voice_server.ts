/** The measured half of `voice.ts`: a media server, or the bare task of one, told by lines of JSON. */
import { createSocket } from "node:dgram";
import { systemClock } from "../../server/system/clock.ts";
import { silentLog } from "../../server/system/log.ts";
import { systemRng } from "../../server/system/rng.ts";
import { openFastEngine } from "../../voice/fast/open_fast.ts";
import type { EngineName } from "../../voice/sfu/engine.ts";
import { openSfu } from "../../voice/sfu/open_sfu.ts";
import { SendQueue } from "../../voice/sfu/send_queue.ts";
import type { Seat, Sfu, SfuStats } from "../../voice/sfu/sfu.ts";
import { stockEngine } from "../../voice/sfu/stock_engine.ts";
import { serveLines } from "./part.ts";

export type VoiceOrder =
  /** `talkers`: how many people a call has. All of them talk, and all are passed on. */
  | { readonly kind: "open"; readonly talkers: number; readonly engine: EngineName }
  | { readonly kind: "bare"; readonly talkers: number }
  /** Answered with the offers of the seats of so many new calls. */
  | { readonly kind: "join"; readonly calls: number }
  /** One answer a seat; answered with the offers that follow. */
  | { readonly kind: "answer"; readonly sdps: readonly string[] }
  /** Answered with the offer of one more seat of the first call, which takes the next answer alone. */
  | { readonly kind: "enter" }
  | { readonly kind: "take"; readonly sdp: string }
  | { readonly kind: "count" };

export interface SeatOffer {
  readonly seq: number;
  readonly sdp: string;
}

/** As the server has it where nothing is set. */
const GATHERING = { gatherMs: 4 };

let sfu: Sfu | undefined;
let seats: Seat[] = [];
let talkers = 0;

async function openMedia(name: EngineName): Promise<number> {
  sfu = await openSfu({
    engine: name === "fast" ? await openFastEngine(systemClock, GATHERING) : stockEngine,
    bind: [{ hostname: "127.0.0.1", port: 0 }],
    announce: ["127.0.0.1"],
    tcp: false,
    maxSpeakers: talkers,
    log: silentLog,
    clock: systemClock,
    rng: systemRng,
  });
  return sfu.port;
}

/** Sends what comes from one address to the others of its call as it is. Calls fill one by one. */
async function openBare(): Promise<number> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", () => resolve()));
  const queue = new SendQueue(socket);
  const calls = new Map<number, number[]>();
  socket.on("message", (data, { port }) => {
    const call = calls.get(port) ?? [...calls.values()].find(({ length }) => length < talkers) ??
      [];
    if (!calls.has(port)) calls.set(port, call).get(port)?.push(port);
    for (const other of call) {
      if (other === port) continue;
      const out = queue.take();
      queue.push(out, data.copy(out), other, "127.0.0.1");
    }
  });
  return socket.address().port;
}

function join(calls: number): SeatOffer[] {
  seats = Array.from({ length: calls * talkers }, (_, at) => {
    const call = String(Math.floor(at / talkers));
    const request = { call, participant: String(at), speak: true, hear: true, bitrate: 64_000 };
    const seat = sfu?.join(request);
    if (seat === undefined) throw new Error("The call is full");
    return seat;
  });
  return seats.map(({ offer }) => offer);
}

/** One more, while the others go on. */
function enter(): SeatOffer {
  const request = { call: "0", participant: String(seats.length), speak: true, hear: true };
  const seat = sfu?.join({ ...request, bitrate: 64_000 });
  if (seat === undefined) throw new Error("The call is full");
  seats.push(seat);
  return seat.offer;
}

/** The answer of who entered last. */
function take(sdp: string): null {
  const seat = seats.at(-1);
  const result = seat?.answer(seat.offer.seq, sdp);
  if (result?.ok !== true) throw new Error(result?.reason ?? "Nobody has entered");
  return null;
}

async function answer(sdps: readonly string[]): Promise<SeatOffer[]> {
  seats.forEach((seat, at) => {
    const result = seat.answer(seat.offer.seq, sdps[at] ?? "");
    if (!result.ok) throw new Error(result.reason);
  });
  // Offers leave behind what changed, at the end of the turn.
  await Promise.resolve();
  return seats.map(({ offer }) => offer);
}

if (import.meta.main) {
  await serveLines<VoiceOrder>(
    (order): Promise<number | SeatOffer | SeatOffer[] | SfuStats | null> => {
      if ("talkers" in order) talkers = order.talkers;
      if (order.kind === "open") return openMedia(order.engine);
      if (order.kind === "bare") return openBare();
      if (order.kind === "join") return Promise.resolve(join(order.calls));
      if (order.kind === "enter") return Promise.resolve(enter());
      if (order.kind === "take") return Promise.resolve(take(order.sdp));
      if (order.kind === "answer") return answer(order.sdps);
      return Promise.resolve(sfu?.stats() ?? null);
    },
  );
}
