/**
 * CPU of the media server's process for one forwarded packet where everybody talks and hears all
 * others, beside a bare socket that sends the same datagrams on without opening them; and what a
 * participant weighs in memory. `deno run -A tests/bench/voice.ts [--tiny]`
 *
 * A figure with more than a hundredth lost is worth nothing: what was lost was not done.
 */
import { type BenchSize, readSize, tellFigure } from "../../scripts/lib/figure.ts";
import { Part } from "./part.ts";
import { cpuUs, residentMb } from "./process_facts.ts";
import type { CrowdOrder, Talked } from "./voice_crowd.ts";
import { type SeatOffer, TALKERS, type VoiceOrder } from "./voice_server.ts";

const FULL = { calls: [1, 3], warmUpS: 1, seconds: 5 };
/** Few enough for the buffers of sockets and queues: nothing is lost however long a process waits. */
const TINY: typeof FULL = { calls: [1], warmUpS: 0.05, seconds: 0.2 };
const MAX_US = 20;

interface Reading {
  readonly usPerPacket: number;
  readonly lostPercent: number;
}

async function read(
  server: Part,
  crowd: Part,
  size: typeof FULL,
): Promise<Reading> {
  const ears = TALKERS - 1;
  const talk = (seconds: number) =>
    crowd.ask<Talked>({ kind: "talk", seconds, ears } satisfies CrowdOrder);
  await talk(size.warmUpS);
  const before = await cpuUs(server.pid);
  const { sent, heard } = await talk(size.seconds);
  const us = await cpuUs(server.pid) - before;
  return { usPerPacket: us / heard, lostPercent: 100 * (1 - heard / (sent * ears)) };
}

async function readMedia(crowd: Part, calls: number, size: typeof FULL) {
  await using server = new Part("voice_server.ts");
  const port = await server.ask<number>({ kind: "open" } satisfies VoiceOrder);
  const empty = await residentMb(server.pid);
  let offers = await server.ask<SeatOffer[]>({ kind: "join", calls } satisfies VoiceOrder);
  // The first offers name who came before, the second all others.
  for (let round = 0; round < 2; round++) {
    const sdps = await crowd.ask<string[]>({ kind: "answer", port, offers } satisfies CrowdOrder);
    offers = await server.ask<SeatOffer[]>({ kind: "answer", sdps } satisfies VoiceOrder);
  }
  await crowd.ask({ kind: "connect" } satisfies CrowdOrder);
  const reading = await read(server, crowd, size);
  const memoryMb = (await residentMb(server.pid) - empty) / (calls * TALKERS);
  await crowd.ask({ kind: "leave" } satisfies CrowdOrder);
  return { ...reading, memoryMb };
}

async function readBare(crowd: Part, calls: number, size: typeof FULL): Promise<Reading> {
  await using server = new Part("voice_server.ts");
  const port = await server.ask<number>({ kind: "bare" } satisfies VoiceOrder);
  await crowd.ask({ kind: "bare", port, count: calls * TALKERS } satisfies CrowdOrder);
  const reading = await read(server, crowd, size);
  await crowd.ask({ kind: "leave" } satisfies CrowdOrder);
  return reading;
}

async function main({ tiny }: BenchSize): Promise<void> {
  const size = tiny ? TINY : FULL;
  await using crowd = new Part("voice_crowd.ts");
  for (const calls of size.calls) {
    const bare = await readBare(crowd, calls, size);
    const media = await readMedia(crowd, calls, size);
    tellFigure({
      bench: "voice",
      name: `CPU a forwarded packet, ${calls} x ${TALKERS} talkers`,
      value: media.usPerPacket,
      unit: "us",
      control: { name: "unopened", value: bare.usPerPacket },
      target: { of: "value", atMost: MAX_US },
      more: {
        "lost %": media.lostPercent,
        "lost % unopened": bare.lostPercent,
        "MB a participant": media.memoryMb,
      },
    });
  }
}

if (import.meta.main) await main(readSize(Deno.args));
