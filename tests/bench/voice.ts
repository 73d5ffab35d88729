/**
 * CPU of the media server's process for one forwarded packet where everybody talks and hears all
 * others, on each of its engines, beside Janus with the same people in the same run, and beside a
 * bare socket that sends the same datagrams on without opening them; what a participant weighs in
 * memory; how many rooms of 25 a core would hold; and how long somebody who joins waits for the
 * first voice. `deno run -A tests/bench/voice.ts [--tiny]`
 *
 * A run with more than a hundredth lost is worth nothing: what was lost was not done. Such a run
 * is not counted; the others' median is the figure.
 */
import { type BenchSize, readSize, tellFigure } from "../../scripts/lib/figure.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { haveJanus, startJanus } from "./janus.ts";
import { Part } from "./part.ts";
import { cpuUs, residentMb } from "./process_facts.ts";
import type { CrowdOrder, Talked } from "./voice_crowd.ts";
import { ENGINE_NAMES, type EngineName } from "../../voice/sfu/engine.ts";
import type { SeatOffer, VoiceOrder } from "./voice_server.ts";

interface Shape {
  readonly calls: number;
  readonly talkers: number;
}

interface Size {
  readonly shapes: readonly Shape[];
  readonly rounds: number;
  readonly warmUpS: number;
  readonly seconds: number;
  readonly janus: boolean;
  /** How often somebody joins a call that goes on. */
  readonly joins: number;
}

const FULL: Size = {
  shapes: [{ calls: 1, talkers: 10 }, { calls: 1, talkers: 20 }, { calls: 1, talkers: 30 }],
  rounds: 3,
  warmUpS: 1,
  seconds: 5,
  janus: true,
  joins: 20,
};
/** Few enough for the buffers of sockets and queues: nothing is lost however long a process waits. */
const TINY: Size = {
  shapes: [{ calls: 1, talkers: 12 }],
  rounds: 1,
  warmUpS: 0.05,
  seconds: 0.2,
  janus: false,
  joins: 1,
};
const MAX_US = 20;
/** Of what Janus takes. */
const MAX_RATIO = { stock: 1, fast: 0.5 } as const;
const MAX_LOST_PERCENT = 1;
const MAX_JOIN_MS = 300;
/** A room of 25 with 1.5 people who talk at a time: 50 packets a second of each to 24 others. */
const ROOM_PACKETS_PER_S = 1800;

interface Reading {
  readonly usPerPacket: number;
  readonly lostPercent: number;
  readonly memoryMb: number;
}

async function read(crowd: Part, pid: number, { talkers }: Shape, size: Size) {
  const ears = talkers - 1;
  const talk = (seconds: number) =>
    crowd.ask<Talked>({ kind: "talk", seconds, ears } satisfies CrowdOrder);
  await talk(size.warmUpS);
  const before = await cpuUs(pid);
  const { sent, heard } = await talk(size.seconds);
  const us = await cpuUs(pid) - before;
  return { usPerPacket: us / heard, lostPercent: 100 * (1 - heard / (sent * ears)) };
}

/** Has everybody of so many calls connected. */
async function fill({ crowd, server, port, calls }: {
  readonly crowd: Part;
  readonly server: Part;
  readonly port: number;
  readonly calls: number;
}): Promise<void> {
  let offers = await server.ask<SeatOffer[]>({ kind: "join", calls } satisfies VoiceOrder);
  // The first offers name who came before, the second all others.
  for (let round = 0; round < 2; round++) {
    const sdps = await crowd.ask<string[]>({ kind: "answer", port, offers } satisfies CrowdOrder);
    offers = await server.ask<SeatOffer[]>({ kind: "answer", sdps } satisfies VoiceOrder);
  }
  await crowd.ask({ kind: "connect" } satisfies CrowdOrder);
}

/** From the wish to join a call in which somebody talks to the first voice that is opened (ms). */
async function readJoins(crowd: Part, engine: EngineName, { joins }: Size): Promise<number[]> {
  await using server = new Part("voice_server.ts");
  const order: VoiceOrder = { kind: "open", talkers: 2, engine };
  const port = await server.ask<number>(order);
  await fill({ crowd, server, port, calls: 1 });
  const took: number[] = [];
  for (let each = 0; each < joins; each++) {
    const begin = performance.now();
    const offer = await server.ask<SeatOffer>({ kind: "enter" } satisfies VoiceOrder);
    const sdp = await crowd.ask<string>({ kind: "enter", port, offer } satisfies CrowdOrder);
    await server.ask({ kind: "take", sdp } satisfies VoiceOrder);
    await crowd.ask({ kind: "hear" } satisfies CrowdOrder);
    took.push(performance.now() - begin);
  }
  await crowd.ask({ kind: "leave" } satisfies CrowdOrder);
  return took.toSorted((a, b) => a - b);
}

async function readMedia(
  crowd: Part,
  shape: Shape,
  { engine, ...size }: Size & { readonly engine: EngineName },
): Promise<Reading> {
  const { calls, talkers } = shape;
  await using server = new Part("voice_server.ts");
  const port = await server.ask<number>({ kind: "open", talkers, engine } satisfies VoiceOrder);
  const empty = await residentMb(server.pid);
  await fill({ crowd, server, port, calls });
  const reading = await read(crowd, server.pid, shape, size);
  const memoryMb = (await residentMb(server.pid) - empty) / (calls * talkers);
  await crowd.ask({ kind: "leave" } satisfies CrowdOrder);
  return { ...reading, memoryMb };
}

async function readJanus(crowd: Part, shape: Shape, size: Size): Promise<Reading> {
  await using folder = await tempFolder();
  await using janus = await startJanus(folder.path);
  const empty = await residentMb(janus.pid);
  const order = { kind: "janus", url: janus.url, count: shape.talkers } satisfies CrowdOrder;
  await crowd.ask(order);
  const reading = await read(crowd, janus.pid, shape, size);
  const memoryMb = (await residentMb(janus.pid) - empty) / shape.talkers;
  await crowd.ask({ kind: "leave" } satisfies CrowdOrder);
  return { ...reading, memoryMb };
}

async function readBare(crowd: Part, shape: Shape, size: Size): Promise<Reading> {
  const { calls, talkers } = shape;
  await using server = new Part("voice_server.ts");
  const port = await server.ask<number>({ kind: "bare", talkers } satisfies VoiceOrder);
  await crowd.ask({ kind: "bare", port, count: calls * talkers } satisfies CrowdOrder);
  const reading = await read(crowd, server.pid, shape, size);
  await crowd.ask({ kind: "leave" } satisfies CrowdOrder);
  return { ...reading, memoryMb: 0 };
}

/** What was read, by who forwarded. */
type Runs = Record<EngineName | "janus" | "bare", Reading[]>;

/** The runs that count and their median; of none that counts, the one that lost least. */
function judge(readings: readonly Reading[]) {
  const byLoss = readings.toSorted((a, b) => a.lostPercent - b.lostPercent);
  const counted = byLoss.filter(({ lostPercent }) => lostPercent < MAX_LOST_PERCENT)
    .toSorted((a, b) => a.usPerPacket - b.usPerPacket);
  const middle = counted[Math.floor(counted.length / 2)] ?? byLoss[0];
  if (middle === undefined) throw new Error("Nothing was measured.");
  return { ...middle, counted: counted.length };
}

async function measure(crowd: Part, shape: Shape, size: Size): Promise<void> {
  const runs: Runs = { stock: [], fast: [], janus: [], bare: [] };
  for (let round = 0; round < size.rounds; round++) {
    runs.bare.push(await readBare(crowd, shape, size));
    for (const engine of ENGINE_NAMES) {
      runs[engine].push(await readMedia(crowd, shape, { ...size, engine }));
    }
    if (size.janus) runs.janus.push(await readJanus(crowd, shape, size));
  }
  for (const engine of ENGINE_NAMES) tell(engine, shape, runs);
}

function tell(engine: EngineName, shape: Shape, runs: Runs): void {
  const media = judge(runs[engine]);
  const bare = judge(runs.bare);
  const janus = runs.janus.length > 0 ? judge(runs.janus) : undefined;
  const isFair = media.counted > 0 && (janus?.counted ?? 1) > 0;
  tellFigure({
    bench: "voice",
    name: `CPU a forwarded packet, ${shape.calls} x ${shape.talkers} talkers, ${engine}`,
    value: media.usPerPacket,
    unit: "us",
    control: janus === undefined
      ? { name: "unopened", value: bare.usPerPacket }
      : { name: "Janus", value: janus.usPerPacket },
    ...(isFair && {
      target: janus === undefined
        ? { of: "value", atMost: MAX_US }
        : { of: "ratio", atMost: MAX_RATIO[engine] },
    }),
    more: {
      "runs that count": media.counted,
      "lost %": media.lostPercent,
      "us unopened": bare.usPerPacket,
      ...(janus !== undefined && {
        "runs that count, Janus": janus.counted,
        "lost % Janus": janus.lostPercent,
        "MB a participant, Janus": janus.memoryMb,
      }),
      "MB a participant": media.memoryMb,
      "rooms of 25 a core": 1e6 / (media.usPerPacket * ROOM_PACKETS_PER_S),
    },
  });
}

async function main({ tiny }: BenchSize): Promise<void> {
  const wanted = tiny ? TINY : FULL;
  const size = { ...wanted, janus: wanted.janus && await haveJanus() };
  await using crowd = new Part("voice_crowd.ts");
  for (const shape of size.shapes) await measure(crowd, shape, size);
  for (const engine of ENGINE_NAMES) {
    const took = await readJoins(crowd, engine, size);
    tellFigure({
      bench: "voice",
      name: `join to first voice, ${engine}`,
      value: took[Math.floor(took.length / 2)] ?? NaN,
      unit: "ms",
      target: { of: "value", atMost: MAX_JOIN_MS },
      more: { "longest ms": took.at(-1) ?? NaN, joins: took.length },
    });
  }
}

if (import.meta.main) await main(readSize(Deno.args));
