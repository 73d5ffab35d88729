import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { Buffer } from "node:buffer";
import { WebSocketServer } from "ws";
import type { RawData, WebSocket } from "ws";
import { GATEWAY_CLOSE } from "../../../core/api/gateway.ts";
import type { Rng } from "../../../core/ports/rng.ts";
import { Connection } from "./connection.ts";
import type { GatewayDeps, UpgradeFacts } from "./context.ts";
import { serverFrame } from "./frame.ts";
import { SocketSink } from "./socket_sink.ts";

export interface GatewayOptions {
  /** Largest frame of a client, in bytes; a larger one ends the socket with 1009. */
  readonly frameBytes: number;
  /** Bytes that may wait for a slow reader. */
  readonly bufferBytes: number;
  /** How often clients say that they live; silent for two and a half times that, they are cut. */
  readonly heartbeatMs: number;
  /** Time from the upgrade to `identify`. */
  readonly identifyMs: number;
}

export interface GatewayMeter {
  /** A reader was cut because it took too long. */
  slowReaderCut(): void;
}

/** Time a client has to answer a close frame. */
const CLOSE_MS = 5000;
/** How often deadlines are looked at. */
const SWEEP_MS = 1000;
/** RFC 6455 section 7.4.1: a kind of data that is not accepted. */
const UNSUPPORTED_DATA = 1003;

/** The WebSocket door: `/client/v1/gateway`. */
export class Gateway {
  readonly #deps: GatewayDeps & { rng: Rng; meter: GatewayMeter };
  readonly #options: GatewayOptions;
  readonly #server: WebSocketServer;
  readonly #connections = new Set<Connection>();
  readonly #stopping = new AbortController();

  constructor(deps: GatewayDeps & { rng: Rng; meter: GatewayMeter }, options: GatewayOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#server = new WebSocketServer({
      noServer: true,
      maxPayload: options.frameBytes,
      // Compressed frames could not be shared between readers.
      perMessageDeflate: false,
      clientTracking: false,
    });
    void this.#sweep();
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Takes over the socket of an upgrade request whose path was already matched. */
  upgrade(request: IncomingMessage, parts: { socket: Socket; head: Buffer; facts: UpgradeFacts }) {
    this.#server.handleUpgrade(request, parts.socket, parts.head, (ws) => {
      this.#open(ws, parts);
    });
  }

  /** Tells every client to come back in a moment, and ends. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const open = [...this.#connections];
    for (const connection of open) {
      connection.close(GATEWAY_CLOSE.restart, "The server restarts.");
    }
    // Farewells leave with the next turns of the loop; whoever does not answer is cut.
    for (let turn = 0; turn < 20 && this.#connections.size > 0; turn++) {
      await this.#deps.clock.sleep(25);
    }
    for (const connection of this.#connections) connection.sink.terminate();
  }

  #open(ws: WebSocket, parts: { socket: Socket; facts: UpgradeFacts }): void {
    const sink = new SocketSink({ ws, socket: parts.socket }, {
      bufferBytes: this.#options.bufferBytes,
      onCut: () => this.#deps.meter.slowReaderCut(),
    });
    const connection = new Connection(this.#deps, { facts: parts.facts, sink });
    this.#connections.add(connection);
    ws.on("message", (data: RawData, isBinary: boolean) => {
      if (isBinary || !Buffer.isBuffer(data)) {
        connection.close(UNSUPPORTED_DATA, "Frames are text.");
      } else connection.receive(data);
    });
    ws.on("ping", () => {
      connection.lastSeenMs = this.#deps.clock.monotonic();
    });
    // `ws` closes by itself after an error, with 1002, 1007 or 1009 where the client was at fault.
    ws.on("error", () => undefined);
    ws.on("close", () => {
      this.#connections.delete(connection);
      connection.end();
    });
    const sessionId = Buffer.from(this.#deps.rng.bytes(12)).toString("base64url");
    sink.send(serverFrame({
      op: "hello",
      d: { heartbeat_interval_ms: this.#options.heartbeatMs, session_id: sessionId },
    }));
  }

  async #sweep(): Promise<void> {
    for (;;) {
      try {
        await this.#deps.clock.sleep(SWEEP_MS, this.#stopping.signal);
      } catch {
        return;
      }
      const now = this.#deps.clock.monotonic();
      for (const connection of this.#connections) this.#check(connection, now);
    }
  }

  #check(connection: Connection, now: number): void {
    const { closingSinceMs } = connection;
    if (closingSinceMs !== undefined) {
      if (now - closingSinceMs > CLOSE_MS) connection.sink.terminate();
      return;
    }
    const silentMs = now - connection.lastSeenMs;
    const unknown = connection.session === undefined;
    const { endsTs = Infinity } = connection.session?.caller ?? {};
    if (unknown && now - connection.openedMs > this.#options.identifyMs) {
      connection.close(GATEWAY_CLOSE.notIdentified, "Not identified in time.");
    } else if (silentMs > 2.5 * this.#options.heartbeatMs) {
      connection.close(GATEWAY_CLOSE.silent, "No heartbeat.");
    } else if (endsTs <= this.#deps.clock.now()) {
      connection.close(GATEWAY_CLOSE.revoked, "The access token is past its end.");
    }
  }
}
