import { Buffer } from "node:buffer";
import { isIPv6 } from "node:net";
import { limits } from "../../core/limits.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { UdpSocket } from "../sfu/engine.ts";
import type { Route } from "../sfu/route.ts";
import {
  ADDRESS_BYTES,
  AF_INET,
  AF_INET6,
  readAddress,
  readPort,
  sizeOfAddress,
  writeAddress,
} from "./address.ts";
import { Inbox, pinned, placeOf } from "./datagrams.ts";
import { errno, lastError, type Libc } from "./libraries.ts";
import { Outbox, type SentBatch } from "./outbox.ts";

/** Numbers of Linux, the same on all machines with 64 bits that Deno is made for. */
const DATAGRAM_SOCKET = 2 | 0o4000 | 0o2000000; // SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC
const WAKE_FLAGS = 0o4000 | 0o2000000; // EFD_NONBLOCK | EFD_CLOEXEC
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;
const EINTR = 4;
const EAGAIN = 11;
const POLLIN = 1;
const POLLOUT = 4;
/** Of `struct pollfd`: the file, what is asked, and what is so. */
const POLL_BYTES = 8;
const EVENTS_AT = 4;
const REVENTS_AT = 6;
const FOR_EVER = -1;

/** Datagrams taken by one call. */
const BATCH = 64;
/** Calls in a row before other work of the process has its turn. */
const MAX_ROUNDS = 8;
/** Looks in a row that find nothing before the system's word is waited for again. */
const MAX_QUIET = 2;
/** One byte more than is taken, so that a longer datagram is seen to be one. Aligned. */
const ROOM = Math.ceil((limits.voice.maxDatagramBytes + 1) / 64) * 64;

/** How a socket that datagrams keep coming to is looked at. */
export interface Pace {
  readonly clock: Clock;
  /** Time between two looks, in which datagrams gather; 0: the system wakes it for each. */
  readonly gatherMs: number;
}

/**
 * A UDP socket of the system's own, which Deno knows nothing of. Waiting for it takes a thread of
 * Deno's pool; everything else happens in calls that return at once, a batch of datagrams each.
 * To be woken by another thread costs as much as to forward a dozen packets: while something keeps
 * coming the socket is looked at every few milliseconds instead, and takes all that came meanwhile.
 * What is sent leaves at the end of the turn, or as soon as a batch is full.
 */
export class FastSocket implements UdpSocket {
  readonly port: number;
  readonly hostname: string;
  readonly #libc: Libc;
  readonly #pace: Pace;
  readonly #file: number;
  /** Ends the wait: when the socket closes, and when something has to wait to be sent. */
  readonly #wake: number;
  readonly #polled: Buffer;
  readonly #inbox: Inbox;
  readonly #outbox: Outbox;
  readonly #running: Promise<void>;
  #callback: (data: Buffer, address: string, port: number) => void = () => {};
  #isFlushDue = false;
  #isFull = false;
  #isClosed = false;

  /** Throws what the system says where the address cannot be bound. */
  constructor(
    libc: Libc,
    pace: Pace,
    { hostname, port }: { readonly hostname: string; readonly port: number },
  ) {
    const family = isIPv6(hostname) ? AF_INET6 : AF_INET;
    this.#libc = libc;
    this.#pace = pace;
    this.hostname = hostname;
    this.#file = libc.socket(family, DATAGRAM_SOCKET, 0);
    if (this.#file < 0) throw lastError(libc);
    try {
      this.port = bindTo(libc, this.#file, { family, hostname, port });
      this.#wake = libc.eventfd(0, WAKE_FLAGS);
      if (this.#wake < 0) throw lastError(libc);
    } catch (error) {
      libc.close(this.#file);
      throw error;
    }
    const nameBytes = sizeOfAddress(family);
    this.#inbox = new Inbox(BATCH, ROOM, nameBytes);
    this.#outbox = new Outbox(nameBytes, (headers, count) => this.#send(headers, count));
    this.#polled = pinned(2 * POLL_BYTES).buffer;
    this.#polled.writeInt32LE(this.#file, 0);
    this.#polled.writeInt32LE(this.#wake, POLL_BYTES);
    this.#polled.writeInt16LE(POLLIN, POLL_BYTES + EVENTS_AT);
    this.#running = this.#run();
  }

  get dropped(): number {
    return this.#outbox.dropped;
  }

  onDatagram(callback: (data: Buffer, address: string, port: number) => void): void {
    this.#callback = callback;
  }

  routeTo(address: string, port: number): Route {
    const name = pinned(ADDRESS_BYTES);
    writeAddress(this.#libc, name.buffer, address, port);
    // Held by the route, and with it by every datagram that waits.
    const to = { ...placeOf(name.address, 0), memory: name.buffer };
    return {
      transport: "udp",
      address,
      port,
      take: () => this.#outbox.take(),
      send: (buffer, length) => {
        if (this.#isClosed) return;
        this.#outbox.push({ buffer, length, to });
        if (this.#outbox.waiting % limits.voice.maxSendsInFlight === 0) this.#flush();
        else this.#flushSoon();
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#flush();
    this.#isClosed = true;
    this.#callback = () => {};
    this.#endWait();
    await this.#running;
    this.#libc.close(this.#file);
    this.#libc.close(this.#wake);
  }

  async #run(): Promise<void> {
    const count = Buffer.alloc(8);
    while (!this.#isClosed) {
      this.#polled.writeInt16LE(this.#isFull ? POLLIN | POLLOUT : POLLIN, EVENTS_AT);
      await this.#libc.poll(this.#polled, 2n, FOR_EVER);
      this.#libc.read(this.#wake, count, BigInt(count.length));
      if (this.#isClosed) return;
      if (this.#isFull && (this.#polled.readInt16LE(REVENTS_AT) & POLLOUT) !== 0) {
        this.#isFull = false;
        this.#flush();
      }
      if (this.#drain() > 0) await this.#gather();
    }
  }

  /** Looks again and again for as long as something comes. */
  async #gather(): Promise<void> {
    const { clock, gatherMs } = this.#pace;
    if (gatherMs === 0) return;
    for (let quiet = 0; quiet < MAX_QUIET && !this.#isFull;) {
      await clock.sleep(gatherMs);
      if (this.#isClosed) return;
      quiet = this.#drain() > 0 ? 0 : quiet + 1;
    }
  }

  /** Takes what has come, and returns how much it was. */
  #drain(): number {
    let sum = 0;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const count = this.#receive();
      sum += Math.max(count, 0);
      if (count < BATCH) break;
    }
    return sum;
  }

  /** Takes a batch of what has come, and sends what that led to. Returns how much it was. */
  #receive(): number {
    const { headers, names } = this.#inbox;
    const count = this.#libc.recvmmsg(this.#file, headers.raw, BATCH, 0, null);
    for (let each = 0; each < count && !this.#isClosed; each++) {
      const data = this.#inbox.take(each);
      const at = each * ADDRESS_BYTES;
      this.#callback(data, readAddress(this.#libc, names, at), readPort(names, at));
    }
    this.#flush();
    return count;
  }

  #flushSoon(): void {
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    queueMicrotask(() => {
      this.#isFlushDue = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#isClosed || this.#isFull) return;
    this.#isFull = this.#outbox.flush();
    if (this.#isFull) this.#endWait();
  }

  #send(headers: Buffer, count: number): SentBatch {
    const sent = this.#libc.sendmmsg(this.#file, headers, count, 0);
    if (sent >= 0) return { sent, isFull: false };
    const error = errno(this.#libc);
    return { sent: 0, isFull: error === EAGAIN || error === EINTR };
  }

  #endWait(): void {
    const one = Buffer.alloc(8);
    one.writeUInt8(1, 0);
    this.#libc.write(this.#wake, one, BigInt(one.length));
  }
}

/** Binds a socket. Returns the port that it has now. */
function bindTo(
  libc: Libc,
  file: number,
  { family, hostname, port }: {
    readonly family: number;
    readonly hostname: string;
    readonly port: number;
  },
): number {
  const one = Buffer.alloc(4);
  one.writeUInt8(1, 0);
  if (
    family === AF_INET6 &&
    libc.setsockopt(file, IPPROTO_IPV6, IPV6_V6ONLY, one, one.length) !== 0
  ) throw lastError(libc);
  const name = Buffer.alloc(ADDRESS_BYTES);
  writeAddress(libc, name, hostname, port);
  if (libc.bind(file, name, sizeOfAddress(family)) !== 0) throw lastError(libc);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(ADDRESS_BYTES, 0);
  if (libc.getsockname(file, name, length) !== 0) throw lastError(libc);
  return readPort(name);
}
