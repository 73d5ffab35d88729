import type { Buffer } from "node:buffer";
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createHttpsServer, type Server as SecureServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { SecureContextOptions, TlsOptions, TLSSocket } from "node:tls";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { App } from "./app.ts";
import { ConnectionTable } from "./connection_table.ts";
import { NodeEdgeRequest } from "./edge_request.ts";
import type { UpgradeFacts } from "./gateway/context.ts";
import type { TrustedProxies } from "./proxy.ts";
import { writeAnswer } from "./write_answer.ts";

/** A certificate with its key, in PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  /** With it the listener speaks TLS; replaced live by `setCertificate`. */
  readonly certificate?: Certificate;
  /**
   * Authorities (PEM) whose certificates other servers may show. Only with these is a visitor
   * asked for one at all; browsers that hold none of these say nothing.
   */
  readonly clientAuthorities?: readonly string[];
  /** From the connection, or the end of the last answer, to the end of the next head. */
  readonly headerMs: number;
  /** Longest time in which a body or an answer makes no progress. */
  readonly stallMs: number;
  /** A kept connection without a request. */
  readonly idleMs: number;
  readonly connectionCount: number;
  readonly connectionsPerAddress: number;
}

export interface ListenerDeps {
  readonly app: App;
  readonly proxies: TrustedProxies;
  readonly clock: Clock;
  readonly log: Log;
  /** WebSocket doors by path; any other upgrade is refused. */
  readonly upgrades: ReadonlyMap<string, UpgradeHandler>;
}

export type UpgradeHandler = (
  request: IncomingMessage,
  parts: { socket: Socket; head: Buffer; facts: UpgradeFacts },
) => void;

/** Largest request head, in bytes. */
const HEAD_BYTES = 16 * 1024;
/** Most requests on one kept connection: then a fresh one, so that load can move. */
const REQUESTS_PER_CONNECTION = 100_000;
/**
 * Most requests of one connection that wait for their answers (RFC 9112 section 9.3.2). Clients
 * hardly send a second one before the first is answered, and what is written for a reader who
 * takes nothing would be held in memory.
 */
const UNANSWERED_COUNT = 32;
/** Connections the kernel holds for us. */
const BACKLOG = 1024;
/** Time for answers under way when the listener closes. */
const DRAIN_MS = 5000;

/**
 * The one owner of TCP, TLS and HTTP: everything a stranger can do without a request being
 * understood is bounded here, with no proxy in front.
 */
export class Listener {
  readonly #server: Server | SecureServer;
  readonly #secure: boolean;
  readonly #table: ConnectionTable;
  readonly #deps: ListenerDeps;
  readonly #options: ListenerOptions;
  readonly #stopping = new AbortController();
  /** The host that was found good last: nearly all requests name the same. */
  #lastHost: string | undefined;

  private constructor(deps: ListenerDeps, options: ListenerOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#secure = options.certificate !== undefined;
    this.#table = new ConnectionTable(deps.clock, options);
    const settings = {
      maxHeaderSize: HEAD_BYTES,
      headersTimeout: options.headerMs,
      // Bodies are judged by progress, in the connection table: uploads may take their time.
      requestTimeout: 0,
      // As kept connections are, which saves a timer for each answer.
      keepAliveTimeout: 0,
      connectionsCheckingInterval: Math.min(1000, options.headerMs),
      noDelay: true,
      // What offers another protocol, as curl and Java do with h2c, is answered in this one
      // (RFC 9110 section 7.8).
      shouldUpgradeCallback: ({ headers }: IncomingMessage) =>
        headers.upgrade?.toLowerCase() === "websocket",
    };
    this.#server = options.certificate === undefined
      ? createHttpServer(settings)
      : createHttpsServer({
        ...settings,
        ...this.#secureSettings(options.certificate),
        handshakeTimeout: options.headerMs,
      });
    this.#server.maxRequestsPerSocket = REQUESTS_PER_CONNECTION;
    this.#server.timeout = 0;
    this.#server.on("connection", (socket: Socket) => this.#admit(socket));
    this.#server.on("secureConnection", (socket: TLSSocket) => {
      socket.on("error", () => socket.destroy());
      const tracked = this.#table.find(socket);
      if (tracked !== undefined) tracked.socket = socket;
    });
    this.#server.on("request", (incoming: IncomingMessage, outgoing: ServerResponse) => {
      if (!this.#follow(incoming, outgoing)) return;
      const fault = this.#faultOf(incoming);
      if (fault !== undefined) {
        outgoing.writeHead(fault, { connection: "close" }).end();
        return;
      }
      void this.#answer(incoming, outgoing);
    });
    this.#server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
      this.#upgrade(request, socket, head);
    });
    this.#server.on("clientError", (_failure: Error, socket: Socket) => {
      if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
      else socket.destroy();
    });
    void this.#sweep();
  }

  /** Resolves once it listens; a taken port rejects with the system's `EADDRINUSE`. */
  static async open(deps: ListenerDeps, options: ListenerOptions): Promise<Listener> {
    const listener = new Listener(deps, options);
    try {
      await new Promise<void>((resolve, reject) => {
        listener.#server.once("error", reject);
        listener.#server.listen(
          { host: options.host, port: options.port, backlog: BACKLOG },
          () => resolve(),
        );
      });
    } catch (failure) {
      listener.#stopping.abort();
      throw failure;
    }
    listener.#server.on("error", (failure: Error) => {
      deps.log.log("error", "listener failed", { cause: failure });
    });
    return listener;
  }

  /** The port listened on, chosen by the system where 0 was asked for. */
  get port(): number {
    // A TCP server that listens has an AddressInfo; only pipes have a name.
    return (this.#server.address() as AddressInfo).port;
  }

  get connectionCount(): number {
    return this.#table.size;
  }

  /** New connections get this certificate; those that are open keep theirs. */
  setCertificate(certificate: Certificate): void {
    if (!("setSecureContext" in this.#server)) {
      throw new Error("This listener speaks plain HTTP and has no certificate to replace.");
    }
    this.#server.setSecureContext(this.#secureSettings(certificate));
  }

  #secureSettings(certificate: Certificate): SecureContextOptions & TlsOptions {
    const authorities = this.#options.clientAuthorities ?? [];
    return {
      ...certificate,
      minVersion: "TLSv1.3",
      ...(authorities.length === 0
        ? {}
        : { ca: [...authorities], requestCert: true, rejectUnauthorized: false }),
    };
  }

  /** Takes no more connections, lets answers under way finish, then ends the rest. */
  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#table.closeIdle();
    const deadline = this.#deps.clock.monotonic() + DRAIN_MS;
    while (this.#table.size > 0 && this.#deps.clock.monotonic() < deadline) {
      this.#table.closeIdle();
      await this.#deps.clock.sleep(20);
    }
    this.#stopping.abort();
    this.#table.closeAll();
    await closed;
  }

  #admit(socket: Socket): void {
    socket.on("error", () => socket.destroy());
    const address = socket.remoteAddress ?? "";
    // A trusted proxy speaks for many visitors, so only the total bounds it.
    const counted = this.#deps.proxies.trusts(address) ? undefined : address;
    if (!this.#table.admit(socket, counted)) socket.destroy();
  }

  #facts(request: IncomingMessage): { address: string; secure: boolean } {
    return this.#deps.proxies.resolve(
      { address: request.socket.remoteAddress ?? "", secure: this.#secure },
      {
        forwardedFor: single(request.headers["x-forwarded-for"]),
        forwardedProto: single(request.headers["x-forwarded-proto"]),
      },
    );
  }

  /** RFC 9112 section 3.2: a host that is no host, or two of them, is a bad request. */
  #namesHost({ headers: { host }, rawHeaders }: IncomingMessage): boolean {
    if (host === undefined) return true;
    const lines = rawHeaders.filter((name, at) =>
      at % 2 === 0 && name.length === 4 && /^host$/i.test(name)
    );
    if (lines.length > 1) return false;
    if (host === this.#lastHost) return true;
    if (/[/?#@\\\s]/.test(host) || !URL.canParse(`http://${host}/`)) return false;
    this.#lastHost = host;
    return true;
  }

  /** The status that a head is refused with before anything reads it. */
  #faultOf(request: IncomingMessage): number | undefined {
    if (!this.#namesHost(request) || !takeOriginForm(request)) return 400;
    // Bytes under another coding would be taken for what they encode (RFC 9112 section 6.1).
    const coding = request.headers["transfer-encoding"];
    return coding === undefined || coding.toLowerCase() === "chunked" ? undefined : 501;
  }

  /**
   * Keeps the connection's phase, which decides by which deadline it is judged. False where it
   * asks for more than it waits for, and is ended.
   */
  #follow(request: IncomingMessage, response: ServerResponse): boolean {
    const tracked = this.#table.find(request.socket);
    if (tracked === undefined) return !request.socket.destroyed;
    if (tracked.unanswered >= UNANSWERED_COUNT) {
      tracked.socket.destroy();
      return false;
    }
    tracked.unanswered++;
    const { headers } = request;
    const bodiless = headers["transfer-encoding"] === undefined &&
      (headers["content-length"] ?? "0") === "0";
    this.#table.enter(tracked, bodiless ? "answer" : "body");
    if (!bodiless) tracked.request = request;
    response.once("finish", () => {
      tracked.unanswered--;
      this.#table.enter(tracked, tracked.unanswered === 0 ? "idle" : "answer");
    });
    return true;
  }

  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const tracked = this.#table.find(socket);
    if (this.#faultOf(request) !== undefined) {
      socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    const path = request.url?.split("?")[0] ?? "";
    const handler = this.#deps.upgrades.get(path);
    if (handler === undefined || tracked === undefined) {
      socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    this.#table.enter(tracked, "upgraded");
    handler(request, {
      socket,
      head,
      facts: { ...this.#facts(request), headers: headersOf(request) },
    });
  }

  async #answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    try {
      const facts = this.#facts(incoming);
      const edge = new NodeEdgeRequest(incoming, outgoing, facts);
      const { app } = this.#deps;
      const answered = app.answer === undefined
        ? await app.fetch(edge.request, facts)
        : await app.answer(edge, facts);
      await writeAnswer(answered, { incoming, outgoing });
    } catch (failure) {
      // A visitor who goes away mid-request is no fault.
      if (!outgoing.destroyed) {
        this.#deps.log.log("error", "request failed outside the app", { cause: failure });
        outgoing.destroy();
      }
    }
  }

  async #sweep(): Promise<void> {
    const everyMs = Math.max(50, Math.min(1000, this.#options.stallMs / 4));
    for (;;) {
      try {
        await this.#deps.clock.sleep(everyMs, this.#stopping.signal);
      } catch {
        return;
      }
      this.#table.sweep();
    }
  }
}

/**
 * Brings a target to the form that begins with "/"; false where it has none. One that names the
 * server, as clients of proxies write it, has to name the same one as `Host` (RFC 9112 section
 * 3.2.2).
 */
function takeOriginForm(request: IncomingMessage): boolean {
  const { url = "" } = request;
  if (url.startsWith("/")) return true;
  if (url === "*") {
    request.url = "/";
    return request.method === "OPTIONS";
  }
  const [, authority, rest] = /^https?:\/\/([^/?#]+)(.*)$/i.exec(url) ?? [];
  if (authority === undefined || rest === undefined) return false;
  if (authority.toLowerCase() !== request.headers.host?.toLowerCase()) return false;
  request.url = rest.startsWith("/") ? rest : `/${rest}`;
  return true;
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(",") : value;
}

function headersOf(request: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    const text = single(value);
    if (text !== undefined) headers.set(name, text);
  }
  return headers;
}
