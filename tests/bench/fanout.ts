/**
 * CPU of the whole server process for one delivery to 1,000 sockets in one channel, beside a
 * bare `Deno.serve` that sends the same text to as many; then how long a message takes from its
 * sending to its arrival at 100 sockets. `deno run -A tests/bench/fanout.ts [--tiny]`
 */
import { type Crowd, gatherCrowd, type Seat } from "./crowd.ts";
import { type BenchSize, tellFigure } from "../../scripts/lib/figure.ts";
import { readSize } from "./read_size.ts";
import { HttpSender } from "./http_sender.ts";
import { Part } from "./part.ts";
import { cpuUs } from "./process_facts.ts";
import type { CounterOrder } from "./frame_counter.ts";

/** Frames are counted by so many processes: one alone would be the bottleneck. */
const COUNTERS = 2;
const FULL = { members: 16, sockets: 1000, warmUp: 50, messages: 250, pauseMs: 40, rounds: 2 };
const TINY: typeof FULL = { ...FULL, members: 2, sockets: 10, warmUp: 2, messages: 5, rounds: 1 };
const LATENCY_SOCKETS = 100;
const LATENCY_PAUSE_MS = 25;

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

interface Target {
  readonly port: number;
  readonly pid: number;
  /** Empty: the server asks for no identity. */
  readonly seats: readonly Seat[];
  say(): Promise<void>;
}

interface Reading {
  readonly usPerDelivery: number;
  readonly arrived: number;
  readonly sent: number;
}

async function openCounters(target: Target, sockets: number) {
  const counters = Array.from({ length: COUNTERS }, () => new Part("frame_counter.ts"));
  for (const counter of counters) {
    await counter.ask<unknown>(
      {
        kind: "open",
        port: target.port,
        sockets: sockets / COUNTERS,
        tokens: target.seats.map(({ token }) => token),
      } satisfies CounterOrder,
    );
  }
  return counters;
}

async function read(target: Target, settings: typeof FULL): Promise<Reading> {
  const { sockets, messages, warmUp, pauseMs } = settings;
  const counters = await openCounters(target, sockets);
  try {
    const sayAll = async (count: number) => {
      for (let i = 0; i < count; i++) {
        // Slower than the machine can: waiting would otherwise be counted as work.
        await Promise.all([target.say(), sleep(pauseMs)]);
      }
    };
    await sayAll(warmUp);
    await sleep(500);
    for (const counter of counters) await counter.ask({ kind: "count" } satisfies CounterOrder);
    const before = await cpuUs(target.pid);
    await sayAll(messages);
    await sleep(500);
    const us = await cpuUs(target.pid) - before;
    let arrived = 0;
    for (const counter of counters) {
      const order: CounterOrder = { kind: "count" };
      arrived += (await counter.ask<{ frames: number }>(order)).frames;
    }
    const sent = messages * sockets;
    return { usPerDelivery: us / sent, arrived, sent };
  } finally {
    for (const counter of counters) await counter[Symbol.asyncDispose]();
  }
}

async function readServer(crowd: Crowd, settings: typeof FULL, round: number): Promise<Reading> {
  const [seat] = crowd.shared;
  if (seat === undefined) throw new Error("Nobody is there to send.");
  using sender = await HttpSender.open(crowd.port, seat, `fan${round}`);
  return await read({
    port: crowd.port,
    pid: crowd.server.pid,
    seats: crowd.shared,
    say: async () => {
      const { ok, text } = await sender.send();
      if (!ok) throw new Error(text);
    },
  }, settings);
}

async function readBare(settings: typeof FULL): Promise<Reading> {
  await using bare = new Part("bare_sockets.ts");
  const { port } = await bare.hear<{ port: number }>();
  return await read({
    port,
    pid: bare.pid,
    seats: [],
    say: async () => void await bare.ask({}),
  }, settings);
}

async function measureCpu(crowd: Crowd, settings: typeof FULL): Promise<void> {
  const pairs: { server: Reading; bare: Reading }[] = [];
  for (let round = 0; round < settings.rounds; round++) {
    pairs.push({
      server: await readServer(crowd, settings, round),
      bare: await readBare(settings),
    });
  }
  pairs.sort((a, b) => a.server.usPerDelivery - b.server.usPerDelivery);
  const [best] = pairs;
  if (best === undefined) return;
  tellFigure({
    bench: "fanout",
    name: `one delivery, ${settings.sockets} sockets`,
    value: best.server.usPerDelivery,
    unit: "us of CPU",
    control: { name: "bare Deno.serve", value: best.bare.usPerDelivery },
    target: { of: "value", atMost: 25 },
    more: { lost: Math.max(0, ...pairs.map(({ server }) => server.sent - server.arrived)) },
  });
}

async function measureLatency(crowd: Crowd, { tiny }: BenchSize): Promise<void> {
  await using counter = new Part("frame_counter.ts");
  await counter.ask(
    {
      kind: "open",
      port: crowd.port,
      sockets: tiny ? 4 : LATENCY_SOCKETS,
      tokens: crowd.shared.map(({ token }) => token),
    } satisfies CounterOrder,
  );
  const [seat] = crowd.shared;
  if (seat === undefined) throw new Error("Nobody is there to send.");
  const times = await counter.ask<{ p50Ms: number; p99Ms: number }>(
    {
      kind: "time",
      port: crowd.port,
      seat,
      messages: tiny ? 3 : 200,
      pauseMs: LATENCY_PAUSE_MS,
    } satisfies CounterOrder,
  );
  const name = `send to deliver, ${LATENCY_SOCKETS} sockets`;
  tellFigure({
    bench: "fanout",
    name: `${name}, p50`,
    value: times.p50Ms,
    unit: "ms",
    target: { of: "value", atMost: 10 },
  });
  tellFigure({
    bench: "fanout",
    name: `${name}, p99`,
    value: times.p99Ms,
    unit: "ms",
    target: { of: "value", atMost: 50 },
  });
}

export async function measureFanout(size: BenchSize): Promise<void> {
  const settings = size.tiny ? TINY : FULL;
  await using crowd = await gatherCrowd({ members: settings.members, guildsEach: 0 });
  await measureCpu(crowd, settings);
  await measureLatency(crowd, size);
}

if (import.meta.main) await measureFanout(readSize(Deno.args));
