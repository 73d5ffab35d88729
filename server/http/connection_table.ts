import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Clock } from "../../core/ports/clock.ts";
import { addressKey } from "./rate_limit.ts";

/** What a connection is doing, which decides by which deadline it is judged. */
export type Phase = "head" | "body" | "answer" | "idle" | "upgraded";

export interface Tracked {
  /** The TLS socket once its handshake is done, the TCP socket before. */
  socket: Socket;
  readonly addressKey: string | undefined;
  phase: Phase;
  /** The request whose body is awaited. */
  request: IncomingMessage | undefined;
  /** Requests that have come and are not answered to their end. */
  unanswered: number;
  sinceMs: number;
  /** Bytes moved in the phase when progress was last judged, and when that was. */
  movedBytes: number;
  judgedMs: number;
}

export interface ConnectionTableOptions {
  readonly headerMs: number;
  readonly stallMs: number;
  readonly idleMs: number;
  readonly connectionCount: number;
  readonly connectionsPerAddress: number;
}

/** Slowest body or answer that counts as progress, in bytes a second. */
const SLOWEST_BYTES_PER_SECOND = 256;

/** Every open connection, bounded in all and by address, each under the deadline of its phase. */
export class ConnectionTable {
  readonly #clock: Clock;
  readonly #options: ConnectionTableOptions;
  /** By the peer's address and port, which the TLS socket shares with its TCP socket. */
  readonly #tracked = new Map<string, Tracked>();
  readonly #byAddress = new Map<string, number>();

  constructor(clock: Clock, options: ConnectionTableOptions) {
    this.#clock = clock;
    this.#options = options;
  }

  get size(): number {
    return this.#tracked.size;
  }

  /** Takes a new connection in; false where there are too many. */
  admit(socket: Socket, address: string | undefined): boolean {
    if (this.#tracked.size >= this.#options.connectionCount) return false;
    const peer = peerOf(socket);
    if (peer === undefined) return false;
    const key = address === undefined ? undefined : addressKey(address);
    if (key !== undefined) {
      const held = this.#byAddress.get(key) ?? 0;
      if (held >= this.#options.connectionsPerAddress) return false;
      this.#byAddress.set(key, held + 1);
    }
    const now = this.#clock.monotonic();
    this.#tracked.set(peer, {
      socket,
      addressKey: key,
      phase: "head",
      request: undefined,
      unanswered: 0,
      sinceMs: now,
      movedBytes: 0,
      judgedMs: now,
    });
    socket.once("close", () => this.#forget(peer));
    return true;
  }

  find(socket: Socket): Tracked | undefined {
    const peer = peerOf(socket);
    return peer === undefined ? undefined : this.#tracked.get(peer);
  }

  enter(tracked: Tracked, phase: Phase): void {
    tracked.phase = phase;
    if (phase !== "body") tracked.request = undefined;
    tracked.sinceMs = this.#clock.monotonic();
    tracked.judgedMs = tracked.sinceMs;
    tracked.movedBytes = moved(tracked);
  }

  /** Ends every connection that is beyond its deadline. */
  sweep(): void {
    const now = this.#clock.monotonic();
    for (const tracked of this.#tracked.values()) {
      if (this.#isOverdue(tracked, now)) tracked.socket.destroy();
    }
  }

  closeIdle(): void {
    for (const { phase, socket } of this.#tracked.values()) {
      if (phase === "idle" || phase === "head") socket.destroy();
    }
  }

  closeAll(): void {
    for (const { socket } of this.#tracked.values()) socket.destroy();
  }

  #isOverdue(tracked: Tracked, now: number): boolean {
    const { headerMs, idleMs, stallMs } = this.#options;
    switch (tracked.phase) {
      case "upgraded":
        return false;
      case "head":
        return now - tracked.sinceMs > headerMs;
      case "idle":
        // The next head, too, must be whole by then, however slowly it trickles.
        return now - tracked.sinceMs > idleMs;
      case "body":
        if (tracked.request?.complete === true) this.enter(tracked, "answer");
        // What has come is not read yet: the server is the slow one, not the visitor.
        else if ((tracked.request?.readableLength ?? 0) > 0) this.enter(tracked, "body");
        return now - tracked.judgedMs > stallMs && !this.#progressed(tracked, now, stallMs);
      case "answer":
        // Nothing waits to be taken: the server itself is still at work, or a stream is quiet.
        if (tracked.socket.writableLength === 0) {
          this.enter(tracked, "answer");
          return false;
        }
        return now - tracked.judgedMs > stallMs && !this.#progressed(tracked, now, stallMs);
    }
  }

  #progressed(tracked: Tracked, now: number, overMs: number): boolean {
    const bytes = moved(tracked);
    const enough = bytes - tracked.movedBytes >= (SLOWEST_BYTES_PER_SECOND * overMs) / 1000;
    tracked.movedBytes = bytes;
    tracked.judgedMs = now;
    return enough;
  }

  #forget(peer: string): void {
    const tracked = this.#tracked.get(peer);
    if (tracked === undefined) return;
    this.#tracked.delete(peer);
    if (tracked.addressKey === undefined) return;
    const left = (this.#byAddress.get(tracked.addressKey) ?? 1) - 1;
    if (left <= 0) this.#byAddress.delete(tracked.addressKey);
    else this.#byAddress.set(tracked.addressKey, left);
  }
}

/** Undefined once the socket is closed. */
function peerOf(socket: Socket): string | undefined {
  const { remoteAddress, remotePort } = socket;
  return remotePort === undefined ? undefined : `${remoteAddress} ${remotePort}`;
}

function moved(tracked: Tracked): number {
  return tracked.phase === "body" ? tracked.socket.bytesRead : tracked.socket.bytesWritten;
}
