import type { ClientFrame, ServerFrame } from "../../core/api/gateway.ts";

const BEAT = { op: "heartbeat", d: { ts: -1 } } as const satisfies ClientFrame;

/**
 * Says on a gateway's socket that the client lives, as every client does: a test may take longer
 * than the server waits for that. Ends with the socket.
 */
export class Heartbeat implements Disposable {
  readonly #socket: WebSocket;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("close", () => this[Symbol.dispose]());
  }

  /** Given every frame that comes: whether it is only the answer to a sign of life. */
  hear(frame: ServerFrame): boolean {
    if (frame.op === "hello") {
      this.#timer = setInterval(() => this.#beat(), frame.d.heartbeat_interval_ms);
    }
    return frame.op === "heartbeat_ack" && frame.d.ts === BEAT.d.ts;
  }

  #beat(): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(BEAT));
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
