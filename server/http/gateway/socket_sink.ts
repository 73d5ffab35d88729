import type { Socket } from "node:net";
import { WebSocket } from "ws";
import type { Frame } from "./frame.ts";
import type { Sink } from "./session.ts";

export interface SocketSinkOptions {
  /** Bytes that may wait for a slow reader; with more it is cut and resumes. */
  readonly bufferBytes: number;
  /** Told once when the reader is cut for being slow. */
  readonly onCut: () => void;
}

/**
 * Writes frames that are already bytes straight to the TCP or TLS socket under a
 * WebSocket: the frame is shared by all readers, and nothing is copied per reader. Safe
 * beside `ws`'s own writes because those are whole frames too (no compression, no
 * fragments) and both end in `socket.write`.
 */
export class SocketSink implements Sink {
  readonly #ws: WebSocket;
  readonly #socket: Socket;
  readonly #options: SocketSinkOptions;

  constructor(parts: { ws: WebSocket; socket: Socket }, options: SocketSinkOptions) {
    this.#ws = parts.ws;
    this.#socket = parts.socket;
    this.#options = options;
  }

  send(frame: Frame): void {
    if (this.#ws.readyState !== WebSocket.OPEN || this.#socket.destroyed) return;
    const { wire } = frame;
    if (this.#socket.writableLength + wire.byteLength > this.#options.bufferBytes) {
      this.#options.onCut();
      // No close frame: it would wait behind everything the reader has not taken.
      this.#ws.terminate();
      return;
    }
    this.#socket.write(wire);
  }

  close(code: number, reason: string): void {
    this.#ws.close(code, reason);
  }

  terminate(): void {
    this.#ws.terminate();
  }
}
