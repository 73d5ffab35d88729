import { isIP } from "node:net";
import { limits } from "../../core/limits.ts";
import { makeIdentity } from "../werift/certificate.ts";
import { Call } from "./call.ts";
import { Demux } from "./demux.ts";
import { type Counts, type SeatHost, SeatInCall } from "./seat.ts";
import type { JoinRequest, Sfu, SfuOptions, SfuStats } from "./sfu.ts";
import { bindUdp, type UdpSocket } from "./udp_socket.ts";
import { UdpWays } from "./udp_ways.ts";

/** How often time is looked at: for silence, pauses of speech and reports. */
const TICK_MS = 200;

/**
 * Starts a media server. Rejects with a sentence where no address can be bound, or an announced one
 * is none; an IPv6 address that this machine does not have is left out with a warning.
 */
export async function openSfu(options: SfuOptions): Promise<Sfu> {
  const { log, clock, rng } = options;
  checkAnnounced(options);
  const identity = await makeIdentity();
  const sockets = await bindAll(options);
  const port = sockets[0]?.port ?? 0;
  const counts: Counts = {
    packetsReceived: 0,
    packetsForwarded: 0,
    bytesReceived: 0,
    bytesSent: 0,
    packetsRefused: 0,
    handshakesFailed: 0,
  };
  const demux = new Demux(counts, (route) => ways.forEach((each) => each.close(route)));
  const ways = sockets.map((socket) => new UdpWays(socket, demux, log));
  const seats = new Seats(demux, {
    identity,
    candidates: reachable(options, sockets).map((address) => ({ address, port, transport: "udp" })),
    clock,
    rng,
    log,
    counts,
  });
  const stop = new AbortController();
  const ticking = tick(options, seats, stop.signal);
  return {
    port,
    join: (request) => seats.join(request),
    stats: () => ({ ...counts, ...seats.count(), packetsDropped: dropped(sockets) }),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await ticking;
      await seats.close();
      await Promise.all(sockets.map((socket) => socket[Symbol.asyncDispose]()));
    },
  };
}

function checkAnnounced({ announce }: SfuOptions): void {
  if (announce.length === 0) {
    throw new Error("Voice has no address to announce: name the IP that browsers can reach.");
  }
  for (const address of announce) {
    if (isIP(address) === 0) {
      throw new Error(`Voice cannot announce ${JSON.stringify(address)}: it is no IP address.`);
    }
  }
}

/** The announced addresses of a kind that a socket listens on: others would only cost browsers time. */
function reachable({ announce, log }: SfuOptions, sockets: readonly UdpSocket[]): string[] {
  const [heard, unheard] = [true, false].map((wanted) =>
    announce.filter((address) => sockets.some(({ family }) => family === isIP(address)) === wanted)
  );
  for (const address of unheard ?? []) {
    log.log("warn", "Voice does not announce an address that no socket can hear", { address });
  }
  if (heard !== undefined && heard.length > 0) return heard;
  throw new Error(`Voice listens at no address of the kind it announces: ${announce.join(", ")}.`);
}

async function bindAll({ bind, log }: SfuOptions): Promise<UdpSocket[]> {
  const sockets: UdpSocket[] = [];
  let fault: unknown;
  for (const { hostname, port } of bind) {
    const wanted = sockets[0]?.port ?? port;
    try {
      sockets.push(await bindUdp(hostname, wanted));
    } catch (error) {
      fault = error;
      log.log("warn", "Voice cannot listen on an address", { hostname, port: wanted, error });
    }
  }
  if (sockets.length > 0) return sockets;
  const names = bind.map(({ hostname, port }) => `${hostname} port ${port}`).join(", ");
  throw new Error(`Voice cannot listen on UDP ${names}: choose another port, or free it.`, {
    cause: fault,
  });
}

async function tick({ clock }: SfuOptions, seats: Seats, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    // Rejects when the server closes, and for no other reason.
    await clock.sleep(TICK_MS, signal).catch(() => {});
    if (!signal.aborted) seats.tick(clock.monotonic());
  }
}

const dropped = (sockets: readonly UdpSocket[]) =>
  sockets.reduce((sum, { queue }) => sum + queue.dropped, 0);

/** Who is in which call. */
class Seats {
  readonly #demux: Demux;
  readonly #host: SeatHost;
  readonly #calls = new Map<string, Call>();
  readonly #seats = new Map<SeatInCall, string>();
  readonly #closing = new Set<Promise<void>>();
  #nextStream: number;

  constructor(demux: Demux, host: Omit<SeatHost, "onFragments" | "onVacant">) {
    this.#demux = demux;
    this.#host = {
      ...host,
      onFragments: (seat, fragments) => demux.name(seat, fragments),
      onVacant: (seat, rest) => this.#remove(seat, rest),
    };
    this.#nextStream = host.rng.bytes(4).reduce((sum, byte) => sum * 256 + byte, 0);
  }

  join(request: JoinRequest): SeatInCall | undefined {
    const call = this.#calls.get(request.call) ?? new Call();
    if (this.#seats.size >= limits.voice.maxSeats || call.isFull) return undefined;
    // Counted, not drawn: a number that came twice would be one key's nonce twice.
    const stream = this.#nextStream = (this.#nextStream + 1) % 0x1_0000_0000;
    const seat = new SeatInCall(this.#host, call, request, stream);
    this.#calls.set(request.call, call);
    this.#seats.set(seat, request.call);
    call.add(seat);
    return seat;
  }

  tick(now: number): void {
    for (const seat of this.#seats.keys()) seat.tick(now);
  }

  count(): Pick<SfuStats, "calls" | "seats" | "connected"> {
    const connected = [...this.#seats.keys()].filter(({ state }) => state === "connected").length;
    return { calls: this.#calls.size, seats: this.#seats.size, connected };
  }

  async close(): Promise<void> {
    for (const seat of [...this.#seats.keys()]) seat.leave();
    await Promise.all(this.#closing);
  }

  #remove(seat: SeatInCall, rest: Promise<void>): void {
    this.#demux.remove(seat);
    const name = this.#seats.get(seat);
    this.#seats.delete(seat);
    if (name !== undefined && this.#calls.get(name)?.members.size === 0) this.#calls.delete(name);
    const ending = rest.then(() => void this.#closing.delete(ending));
    this.#closing.add(ending);
  }
}
