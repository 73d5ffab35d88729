import type { ClientFrame, ServerFrame } from "../../../core/api/gateway.ts";
import { ANSWERED } from "./answered.ts";

const FIRST_WAIT_MS = 800;
const LONGEST_WAIT_MS = 30_000;
/** A heartbeat without answer for this long means the way is dead. */
const SILENCE_FACTOR = 1.6;
/** Close codes after which trying again is pointless: the session is gone. */
const SESSION_ENDED = new Set([4003, 4004]);

export interface GatewayEvents {
  /** Every frame but the plumbing of this file. */
  frame(frame: ServerFrame): void;
  connected(): void;
  lost(): void;
  sessionEnded(): void;
  /** Where to resume from. */
  position(): string;
}

/**
 * Keeps one WebSocket open: identifies with the last position, beats, waits longer after each
 * failure, and comes back at once when the browser says that the network is there again or when
 * the server has answered something else.
 */
export class GatewayClient {
  readonly #events: GatewayEvents;
  #socket: WebSocket | undefined;
  #beat: ReturnType<typeof setInterval> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #lastFrameMs = 0;
  #stopped = false;
  #fresh = false;

  constructor(events: GatewayEvents) {
    this.#events = events;
  }

  start(): void {
    addEventListener("online", this.#prove);
    addEventListener(ANSWERED, this.tryNow);
    document.addEventListener("visibilitychange", this.tryNow);
    this.#connect();
  }

  stop(): void {
    this.#stopped = true;
    removeEventListener("online", this.#prove);
    removeEventListener(ANSWERED, this.tryNow);
    document.removeEventListener("visibilitychange", this.tryNow);
    clearTimeout(this.#retry);
    clearInterval(this.#beat);
    this.#socket?.close(1000);
  }

  send(frame: ClientFrame): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  /** The browser has a network again: what the socket answers says whether it leads here. */
  readonly #prove = (): void => {
    this.tryNow();
    this.send({ op: "heartbeat", d: { ts: Date.now() } });
  };

  /** Ends a pause: whoever looks at the page, or asks for it, should not wait for its rest. */
  readonly tryNow = (): void => {
    if (this.#retry !== undefined && document.visibilityState === "visible") {
      clearTimeout(this.#retry);
      this.#retry = undefined;
      this.#connect();
    }
  };

  #connect(): void {
    if (this.#stopped) return;
    const url = new URL("/client/v1/gateway", location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(url);
    this.#socket = socket;
    socket.onopen = () => {
      const position = this.#fresh ? "" : this.#events.position();
      this.send({ op: "identify", d: position === "" ? {} : { position } });
    };
    socket.onmessage = (event) => this.#receive(socket, String(event.data));
    socket.onclose = (event) => this.#closed(socket, event.code);
  }

  #receive(socket: WebSocket, text: string): void {
    if (socket !== this.#socket) return;
    this.#lastFrameMs = Date.now();
    const frame = JSON.parse(text) as ServerFrame;
    if (frame.op === "hello") this.#startBeating(frame.d.heartbeat_interval_ms);
    if (frame.op === "reset") {
      this.#fresh = true;
      this.send({ op: "identify", d: {} });
    }
    if (frame.op === "ready" || frame.op === "resumed") {
      this.#fresh = false;
      this.#failures = 0;
      this.#events.connected();
    }
    this.#events.frame(frame);
  }

  #startBeating(intervalMs: number): void {
    clearInterval(this.#beat);
    this.#beat = setInterval(() => {
      if (Date.now() - this.#lastFrameMs > intervalMs * SILENCE_FACTOR) {
        this.#socket?.close(4000);
        if (this.#socket) this.#closed(this.#socket, 4000);
        return;
      }
      this.send({ op: "heartbeat", d: { ts: Date.now() } });
    }, intervalMs);
  }

  #closed(socket: WebSocket, code: number): void {
    if (socket !== this.#socket) return;
    this.#socket = undefined;
    clearInterval(this.#beat);
    if (this.#stopped) return;
    if (SESSION_ENDED.has(code)) {
      this.#events.sessionEnded();
      return;
    }
    this.#events.lost();
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures++);
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#connect();
    }, wait * (0.5 + Math.random() / 2));
  }
}
