import { limits } from "../../core/limits.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { makeIdentity } from "../werift/certificate.ts";
import { Demux } from "./demux.ts";
import { bindAll, candidatesOf, checkAnnounced, listenAll } from "./listen.ts";
import type { Counts } from "./seat.ts";
import { Seats } from "./seats.ts";
import { SendBudget } from "./send_budget.ts";
import type { Sfu, SfuOptions } from "./sfu.ts";
import { stockEngine } from "./stock_engine.ts";
import type { TcpWays } from "./tcp_ways.ts";
import { UdpWays } from "./udp_ways.ts";

/** How often time is looked at: for silence, pauses of speech and reports. */
const TICK_MS = 200;

/**
 * Starts a media server. Rejects with a sentence where no address can be bound, or an announced one
 * is none; an address that this machine does not have is left out with a warning.
 */
export async function openSfu(options: SfuOptions): Promise<Sfu> {
  checkAnnounced(options);
  const { log, clock, rng, engine = stockEngine } = options;
  const identity = await makeIdentity();
  await using stack = new AsyncDisposableStack();
  const sockets = await bindAll(options, engine, stack);
  const counts: Counts = {
    packetsReceived: 0,
    packetsForwarded: 0,
    bytesReceived: 0,
    bytesSent: 0,
    packetsOverBudget: 0,
    packetsRefused: 0,
    handshakesFailed: 0,
  };
  const ways: (UdpWays | TcpWays)[] = [];
  const demux = new Demux(counts, (route) => ways.forEach((each) => each.close(route)));
  const tcp = await listenAll(options, sockets, demux, stack);
  ways.push(...tcp.ways, ...sockets.map((socket) => new UdpWays(socket, demux, log)));
  const candidates = candidatesOf(options, sockets, tcp.families);
  const seats = new Seats(demux, {
    identity,
    candidates,
    clock,
    rng,
    log,
    counts,
    aead: engine.aead,
  }, {
    maxSpeakers: options.maxSpeakers ?? limits.voice.maxSpeakers,
    budget: new SendBudget(options.maxBytesPerSecond ?? Infinity),
  });
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
  const queues = [...sockets, ...tcp.ways];
  return {
    port: sockets[0]?.port ?? 0,
    engine: engine.name,
    join: (request) => seats.join(request),
    stats: () => ({
      ...counts,
      ...seats.count(),
      packetsDropped: queues.reduce((sum, { dropped }) => sum + dropped, 0),
    }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
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
