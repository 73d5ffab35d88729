import type { Clock } from "../../core/ports/clock.ts";
import { Demux } from "./demux.ts";
import { bindAll, candidatesOf, listenAll } from "./listen.ts";
import { type Media, type MediaParts, type MediaPlan, type MediaReport, noStats } from "./media.ts";
import { MediaSeats } from "./media_seats.ts";
import { SendBudget } from "./send_budget.ts";
import type { TcpWays } from "./tcp_ways.ts";
import { UdpWays } from "./udp_ways.ts";

/** How often time is looked at: for silence, pauses of speech and reports. */
const TICK_MS = 200;

/**
 * Opens the path of packets in this thread. Rejects with a sentence where no address can be bound;
 * one that this machine does not have is left out with a warning.
 */
export async function openMedia(
  plan: MediaPlan,
  parts: MediaParts,
  report: (report: MediaReport) => void,
): Promise<Media> {
  const { engine, log, clock } = parts;
  await using stack = new AsyncDisposableStack();
  const sockets = await bindAll(plan, parts, stack);
  const counts = noStats();
  const ways: (UdpWays | TcpWays)[] = [];
  const demux = new Demux(counts, (route) => ways.forEach((each) => each.close(route)));
  const tcp = await listenAll(plan, parts, { sockets, demux, stack });
  ways.push(...tcp.ways, ...sockets.map((socket) => new UdpWays(socket, demux, log)));
  const candidates = candidatesOf(plan, log, { sockets, tcpFamilies: tcp.families });
  const { identity, maxSpeakers, maxBytesPerSecond } = plan;
  const seats = new MediaSeats(
    demux,
    { identity, clock, log, aead: engine.aead, report },
    { maxSpeakers, budget: new SendBudget(maxBytesPerSecond) },
  );
  stack.defer(() => seats.close());
  const stop = new AbortController();
  const ticking = tick(clock, stop.signal, (now) => {
    seats.tick(now);
    for (const each of tcp.ways) each.tick(now);
  });
  stack.defer(() => {
    stop.abort();
    return ticking;
  });
  const owned = stack.move();
  return {
    port: sockets[0]?.port ?? 0,
    engine: engine.name,
    candidates,
    tell: (order) => seats.take(order),
    stats: () => ({
      // What a queue drops is counted where it is: it does not know whose packets they are.
      rest: {
        ...counts,
        packetsDropped: droppedBy([...sockets, ...tcp.ways]),
        packetsDroppedTcp: droppedBy(tcp.ways),
      },
      rooms: seats.stats(),
    }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function droppedBy(queues: readonly { readonly dropped: number }[]): number {
  return queues.reduce((sum, { dropped }) => sum + dropped, 0);
}

async function tick(
  clock: Clock,
  signal: AbortSignal,
  look: (now: number) => void,
): Promise<void> {
  while (!signal.aborted) {
    // Rejects when the server closes, and for no other reason.
    await clock.sleep(TICK_MS, signal).catch(() => {});
    if (!signal.aborted) look(clock.monotonic());
  }
}
