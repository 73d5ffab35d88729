import type { Buffer } from "node:buffer";
import { type ClientRequest, type IncomingMessage, request as httpRequest } from "node:http";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";
import { addressRefusal } from "../../federation/address.ts";
import { TransportError } from "../../federation/ports.ts";
import {
  authorityOf,
  type DocumentSource,
  type Endpoint,
} from "../../federation/resolve_server.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { joinBytes } from "../http/body.ts";
import type { ResolvedAddress, ResolveHost } from "./resolve_host.ts";

export interface HttpClientDeps {
  readonly clock: Clock;
  readonly resolveHost: ResolveHost;
  /** Authorities (PEM) beside those that come with the runtime. */
  readonly extraCa?: readonly string[];
}

export interface OutgoingRequest {
  readonly method: "GET" | "POST";
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Until the whole answer is read, ms. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** An answer whose body has not been read yet: it is read, or cancelled. */
export interface IncomingAnswer {
  readonly status: number;
  header(name: string): string | undefined;
  /** The whole body. @throws TransportError beyond `maxBytes` */
  bytes(maxBytes: number): Promise<Uint8Array>;
  /** The body as it comes; ends with an error beyond `maxBytes`. */
  stream(maxBytes: number): ReadableStream<Uint8Array>;
  cancel(): void;
}

/** Connections to one place at once, to all places, and kept open without use. */
const MAX_SOCKETS = { perHost: 8, all: 512, free: 2 };
const IDLE_MS = 15_000;
const HEAD_BYTES = 16 * 1024;

/**
 * Requests to other servers. A name is resolved, each address is checked, and one of those that
 * passed is dialled: nothing is resolved a second time. Redirects are never followed; TLS is 1.3.
 */
export class HttpClient implements DocumentSource, Disposable {
  readonly #deps: HttpClientDeps;
  // A connection to a place that the configuration names is never used for another server that
  // claims to be there: those have agents of their own, whose look-ups are checked.
  readonly #checked: Agents;
  readonly #named: Agents;

  constructor(deps: HttpClientDeps) {
    this.#deps = deps;
    const context = deps.extraCa === undefined || deps.extraCa.length === 0
      ? undefined
      : createSecureContext({ ca: [...rootCertificates, ...deps.extraCa] });
    this.#checked = agents((host) => this.#lookUp(host, { named: false }), context);
    this.#named = agents((host) => this.#lookUp(host, { named: true }), context);
  }

  [Symbol.dispose](): void {
    for (const { http, https } of [this.#checked, this.#named]) {
      http.destroy();
      https.destroy();
    }
  }

  async get(
    from: Endpoint,
    path: string,
    bounds: { readonly maxBytes: number; readonly timeoutMs: number },
  ): Promise<{ status: number; body: Uint8Array }> {
    const answer = await this.send(from, {
      method: "GET",
      target: path,
      headers: { accept: "application/json" },
      body: new Uint8Array(0),
      timeoutMs: bounds.timeoutMs,
    });
    if (answer.status !== 200) {
      answer.cancel();
      return { status: answer.status, body: new Uint8Array(0) };
    }
    return { status: 200, body: await answer.bytes(bounds.maxBytes) };
  }

  /**
   * A request that ends with the code `STALE_CONNECTION` may be sent once more.
   * @throws TransportError
   */
  async send(to: Endpoint, request: OutgoingRequest): Promise<IncomingAnswer> {
    if (to.scheme === "http" && !to.named) {
      throw new TransportError("tls", `Plain HTTP to ${to.host} is for test peers alone.`);
    }
    const refused = isIP(to.host) !== 0 && !to.named ? addressRefusal(to.host) : undefined;
    if (refused !== undefined) throw new TransportError("forbidden_address", `${refused}.`);
    const deadline = new AbortController();
    const { timeoutMs, signal } = request;
    const outgoing = this.#begin(to, request);
    const late = () =>
      outgoing.destroy(
        new TransportError("timeout", `${to.host} did not answer within ${timeoutMs} ms.`),
      );
    void this.#deps.clock.sleep(timeoutMs, deadline.signal).then(late, () => undefined);
    const gaveUp = () =>
      outgoing.destroy(new TransportError("timeout", `The request to ${to.host} was given up.`));
    signal?.addEventListener("abort", gaveUp, { once: true });
    outgoing.once("close", () => {
      deadline.abort();
      signal?.removeEventListener("abort", gaveUp);
    });
    if (signal?.aborted === true) gaveUp();
    return await new Promise((resolve, reject) => {
      outgoing.once(
        "error",
        (error) => reject(outgoing.reusedSocket ? staleOr(error, to) : explain(error, to)),
      );
      outgoing.once("response", (incoming) => resolve(answerOf(incoming, to)));
      outgoing.end(request.body);
    });
  }

  #begin(to: Endpoint, request: OutgoingRequest): ClientRequest {
    const { http, https } = to.named ? this.#named : this.#checked;
    const settings = {
      host: to.host,
      port: to.port,
      method: request.method,
      path: request.target,
      maxHeaderSize: HEAD_BYTES,
      setHost: false,
      headers: {
        ...request.headers,
        host: authorityOf(to),
        "content-length": String(request.body.byteLength),
      },
    };
    if (to.scheme === "http") return httpRequest({ ...settings, agent: http });
    return httpsRequest({
      ...settings,
      agent: https,
      minVersion: "TLSv1.3",
      ...(isIP(to.host) === 0 ? { servername: to.host } : {}),
    });
  }

  async #lookUp(host: string, options: { named: boolean }): Promise<ResolvedAddress[]> {
    const found = await this.#deps.resolveHost(host);
    if (options.named) return found;
    const passed = found.filter(({ address }) => addressRefusal(address) === undefined);
    const [first] = found;
    if (passed.length > 0 || first === undefined) return passed;
    throw new TransportError(
      "forbidden_address",
      `${host} is not dialled: ${addressRefusal(first.address)}.`,
    );
  }
}

interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

function agents(
  lookUp: (host: string) => Promise<ResolvedAddress[]>,
  context: SecureContext | undefined,
): Agents {
  const lookup: LookupFunction = (host, options, callback) => {
    lookUp(host).then((found) => {
      const [first] = found;
      if (first === undefined) {
        const failure = new TransportError("unresolved", `${host} has no address.`);
        callback(failure, "", 0);
      } else if (options.all === true) callback(null, found);
      else callback(null, first.address, first.family);
    }).catch((error) => callback(error, "", 0));
  };
  const settings = {
    keepAlive: true,
    maxSockets: MAX_SOCKETS.perHost,
    maxTotalSockets: MAX_SOCKETS.all,
    maxFreeSockets: MAX_SOCKETS.free,
    timeout: IDLE_MS,
    lookup,
  };
  // A context made once: an authority's certificates in each request would be compared each time.
  const secure = context === undefined ? settings : { ...settings, secureContext: context };
  return { http: new HttpAgent(settings), https: new HttpsAgent(secure) };
}

function answerOf(incoming: IncomingMessage, from: Endpoint): IncomingAnswer {
  return {
    status: incoming.statusCode ?? 0,
    header(name) {
      const value = incoming.headers[name];
      return Array.isArray(value) ? value.join(", ") : value;
    },
    bytes: (maxBytes) => readAll(incoming, { from, maxBytes }),
    stream: (maxBytes) => readStream(incoming, { from, maxBytes }),
    cancel: () => void incoming.destroy(),
  };
}

function tooLarge(from: Endpoint, maxBytes: number): TransportError {
  return new TransportError("too_large", `${from.host} answered with more than ${maxBytes} bytes.`);
}

function readAll(
  incoming: IncomingMessage,
  { from, maxBytes }: { from: Endpoint; maxBytes: number },
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const parts: Uint8Array[] = [];
    let size = 0;
    const declared = Number(incoming.headers["content-length"] ?? 0);
    if (declared > maxBytes) {
      incoming.destroy();
      return reject(tooLarge(from, maxBytes));
    }
    incoming.on("data", (part: Buffer) => {
      size += part.byteLength;
      if (size > maxBytes) {
        reject(tooLarge(from, maxBytes));
        incoming.destroy();
      } else parts.push(part);
    });
    incoming.once("end", () => resolve(joinBytes(parts, size)));
    incoming.once("error", (error) => reject(explain(error, from)));
    incoming.once("close", () => reject(explain(new Error("the answer was cut off"), from)));
  });
}

function readStream(
  incoming: IncomingMessage,
  { from, maxBytes }: { from: Endpoint; maxBytes: number },
): ReadableStream<Uint8Array> {
  let size = 0;
  let ended = false;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      incoming.on("data", (part: Buffer) => {
        size += part.byteLength;
        if (size > maxBytes) {
          ended = true;
          controller.error(tooLarge(from, maxBytes));
          incoming.destroy();
          return;
        }
        controller.enqueue(new Uint8Array(part));
        if ((controller.desiredSize ?? 0) <= 0) incoming.pause();
      });
      const end = (error?: Error) => {
        if (ended) return;
        ended = true;
        if (error === undefined) controller.close();
        else controller.error(explain(error, from));
      };
      incoming.once("end", () => end());
      incoming.once("error", end);
      incoming.once("close", () => end(new Error("the answer was cut off")));
      incoming.pause();
    },
    pull: () => void incoming.resume(),
    cancel() {
      ended = true;
      incoming.destroy();
    },
  }, { highWaterMark: 1 });
}

/** A kept connection that the other side had closed before the request came. */
export const STALE_CONNECTION = "stale_connection";

function staleOr(error: unknown, to: Endpoint): TransportError {
  const failure = explain(error, to);
  if (failure.kind !== "unreachable") return failure;
  return new TransportError("unreachable", failure.message, {
    cause: error,
    code: STALE_CONNECTION,
  });
}

const TLS_CODE =
  /^(?:ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH|EPROTO)/;

function explain(error: unknown, to: Endpoint): TransportError {
  if (error instanceof TransportError) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const reason = error instanceof Error ? error.message : String(error);
  const options = { cause: error };
  if (TLS_CODE.test(code) || /certificate|handshake|tls|ssl/i.test(reason)) {
    return new TransportError("tls", `TLS with ${to.host} failed: ${reason}.`, options);
  }
  if (code === "ENOTFOUND" || code === "EAI_AGAIN" || code === "ENODATA") {
    return new TransportError("unresolved", `${to.host} cannot be resolved: ${reason}.`, options);
  }
  return new TransportError(
    "unreachable",
    `${to.host} port ${to.port} cannot be reached: ${reason}.`,
    options,
  );
}
