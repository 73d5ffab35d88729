import { WebSocket } from "ws";
import type { ServerFrame } from "../../core/api/gateway.ts";
import type { Caller } from "../../server/http/caller.ts";
import { createApp } from "../../server/http/app.ts";
import { Gateway, type GatewayOptions } from "../../server/http/gateway/gateway.ts";
import { Hub } from "../../server/http/gateway/hub.ts";
import { Presences } from "../../server/http/gateway/presence.ts";
import { Typing } from "../../server/http/gateway/typing.ts";
import { VoiceBoard } from "../../server/http/gateway/voice_board.ts";
import { Listener } from "../../server/http/listener.ts";
import { TrustedProxies } from "../../server/http/proxy.ts";
import type { Route } from "../../server/http/route.ts";
import { systemClock } from "../../server/system/clock.ts";
import { LocalBus } from "../../server/system/local_bus.ts";
import { systemRng } from "../../server/system/rng.ts";
import { MemorySource, userId } from "./memory_source.ts";
import { MemoryLog } from "./parts.ts";

export interface GatewayServer extends AsyncDisposable {
  readonly source: MemorySource;
  readonly hub: Hub;
  readonly gateway: Gateway;
  readonly presences: Presences;
  readonly log: MemoryLog;
  readonly port: number;
  readonly cutCount: () => number;
}

export interface GatewayServerOptions extends Partial<GatewayOptions> {
  readonly recentCount?: number;
  readonly routes?: (
    parts: { source: MemorySource; hub: Hub; presences: Presences; voice: VoiceBoard },
  ) => Route[];
}

/**
 * A token or cookie is the user's name; `nobody` is no one, `.reader` a program that reads, `.ended`
 * one whose token is past its end.
 */
export function authenticate(
  { bearer, cookie }: { bearer?: string; cookie?: string },
): Promise<Caller | undefined> {
  const name = bearer ?? cookie;
  return Promise.resolve(
    name === undefined || name === "nobody" ? undefined : {
      userId: userId(name.split(".")[0] ?? ""),
      sessionId: name,
      admin: name === "root",
      suspended: false,
      confirmedUntil: null,
      ...(/\.(reader|ended)$/.test(name) ? { scopes: ["read"] } : {}),
      ...(name.endsWith(".ended") ? { endsTs: 1 } : {}),
    },
  );
}

/** A real listener and gateway over a log in memory. */
export async function startGateway(options: GatewayServerOptions = {}): Promise<GatewayServer> {
  const log = new MemoryLog();
  const source = new MemorySource();
  const bus = new LocalBus();
  const hub = new Hub({ meter: { delivered: () => undefined } }, {
    recentCount: options.recentCount ?? 2048,
  });
  source.subscribe((update) => hub.deliver(update), hub);
  const shared = { hub, bus, clock: systemClock };
  const presences = new Presences(shared, {
    processId: "one",
    graceMs: 0,
    repeatMs: 60_000,
    elsewhereCount: 1000,
  });
  const typing = new Typing(shared, { pairCount: 1000 });
  const voice = new VoiceBoard({ hub, clock: systemClock });
  let cuts = 0;
  const gateway = new Gateway(
    {
      hub,
      source,
      replayCount: 10_000,
      authenticate,
      presences,
      typing,
      voice,
      clock: systemClock,
      rng: systemRng,
      log,
      origins: [],
      socketsPerUser: 2000,
      meter: { slowReaderCut: () => cuts++ },
    },
    {
      frameBytes: 65_536,
      bufferBytes: 4 << 20,
      heartbeatMs: 30_000,
      identifyMs: 10_000,
      ...options,
    },
  );
  const app = createApp({
    routes: options.routes?.({ source, hub, presences, voice }) ?? [],
    clock: systemClock,
    rng: systemRng,
    log,
    authenticate,
    origins: [],
    rates: {
      address: { name: "address", quota: 0, windowMs: 1 },
      user: { name: "user", quota: 0, windowMs: 1 },
    },
    rateKeyCount: 10,
    checkResults: true,
  });
  const listener = await Listener.open({
    app,
    proxies: new TrustedProxies([]),
    clock: systemClock,
    log,
    upgrades: new Map([[
      "/client/v1/gateway",
      (request, parts) => gateway.upgrade(request, parts),
    ]]),
  }, {
    host: "127.0.0.1",
    port: 0,
    headerMs: 10_000,
    stallMs: 10_000,
    idleMs: 10_000,
    connectionCount: 25_000,
    connectionsPerAddress: 25_000,
  });
  return {
    source,
    hub,
    gateway,
    presences,
    log,
    port: listener.port,
    cutCount: () => cuts,
    async [Symbol.asyncDispose]() {
      await gateway.stop();
      presences.stop();
      typing.stop();
      await listener.stop();
    },
  };
}

/** A client that keeps every frame; `until` waits for one. */
export class GatewayClient {
  readonly ws: WebSocket;
  readonly frames: ServerFrame[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  #wake: () => void = () => undefined;

  constructor(port: number, headers: Record<string, string> = {}) {
    this.ws = new WebSocket(`ws://127.0.0.1:${port}/client/v1/gateway`, { headers });
    this.ws.on("message", (data) => {
      this.frames.push(JSON.parse(String(data)));
      this.#wake();
    });
    this.ws.on("error", () => undefined);
    this.closed = new Promise((resolve) => {
      this.ws.on("close", (code, reason) => {
        resolve({ code, reason: String(reason) });
        this.#wake();
      });
    });
  }

  /** Connects, identifies and waits for the answer. */
  static async identified(port: number, token: string, position?: string) {
    const client = new GatewayClient(port);
    await client.until((frame) => frame.op === "hello");
    client.send({ op: "identify", d: { token, ...(position === undefined ? {} : { position }) } });
    await client.until(({ op }) => op === "ready" || op === "resumed" || op === "reset");
    return client;
  }

  send(frame: unknown): void {
    this.ws.send(typeof frame === "string" ? frame : JSON.stringify(frame));
  }

  /** The first frame, past or future, that fits; rejects when the socket closes without it. */
  async until(fits: (frame: ServerFrame) => boolean): Promise<ServerFrame> {
    for (;;) {
      const found = this.frames.find(fits);
      if (found !== undefined) return found;
      if (this.ws.readyState === WebSocket.CLOSED) throw new Error("closed before the frame came");
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  /** Waits for everything sent so far: the answer to a heartbeat comes after it. */
  async settle(): Promise<void> {
    const ts = this.frames.length + 1e6;
    this.send({ op: "heartbeat", d: { ts } });
    await this.until((frame) => frame.op === "heartbeat_ack" && frame.d.ts === ts);
  }

  /** Bodies of the messages received, in order. */
  bodies(): string[] {
    return this.frames.flatMap((frame) =>
      frame.op === "dispatch" && frame.t === "message.create" ? [frame.d.body] : []
    );
  }

  /** Last position told. */
  position(): string | undefined {
    let last: string | undefined;
    for (const frame of this.frames) {
      if (frame.op === "dispatch") last = frame.pos ?? last;
      else if (frame.op === "ready" || frame.op === "resumed") last = frame.d.position;
    }
    return last;
  }

  async close(): Promise<void> {
    this.ws.terminate();
    await this.closed;
  }
}
