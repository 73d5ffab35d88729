/** The sending side of `sends.ts`, in a process of its own so that it shares no thread. */
import { percentile } from "../../scripts/lib/figure.ts";
import type { Seat } from "./crowd.ts";
import { HttpSender } from "./http_sender.ts";
import { serveLines } from "./part.ts";

export interface SendOrder {
  readonly port: number;
  /** One sender for each. */
  readonly seats: readonly Seat[];
  readonly seconds: number;
  /** Tells this round's nonces from those of all others. */
  readonly round: number;
}

export interface SendReport {
  readonly sends: number;
  readonly perSecond: number;
  readonly errors: number;
  /** Sends that were given an earlier place than one acknowledged before it to the same sender. */
  readonly disordered: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

async function sendAll({ port, seats, seconds, round }: SendOrder): Promise<SendReport> {
  const senders = await Promise.all(
    seats.map((seat, i) => HttpSender.open(port, seat, `r${round}s${i}`)),
  );
  const times: number[] = [];
  let errors = 0;
  let disordered = 0;
  const begun = performance.now();
  const until = begun + seconds * 1000;
  await Promise.all(senders.map(async (sender) => {
    let last = 0;
    while (performance.now() < until) {
      const start = performance.now();
      const { ok, text } = await sender.send();
      times.push(performance.now() - start);
      if (!ok && errors++ === 0) console.error(text);
      const order = Number(/"order":(\d+)/.exec(text)?.[1]);
      if (ok && !(order > last)) disordered++;
      last = order;
    }
  }));
  const perSecond = times.length / ((performance.now() - begun) / 1000);
  for (const sender of senders) sender[Symbol.dispose]();
  return {
    sends: times.length,
    perSecond,
    errors,
    disordered,
    p50Ms: percentile(times, 0.5),
    p99Ms: percentile(times, 0.99),
  };
}

if (import.meta.main) await serveLines(sendAll);
