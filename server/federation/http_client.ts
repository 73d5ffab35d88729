import { Agent as HttpAgent, type ClientRequest, request as httpRequest } from "node:http";
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
import type { ServerName } from "../../core/ids/server_name.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { type IncomingAnswer, NodeAnswer } from "./node_answer.ts";
import type { ResolvedAddress, ResolveHost } from "./resolve_host.ts";

export interface HttpClientDeps {
  readonly clock: Clock;
  readonly resolveHost: ResolveHost;
  /** Authorities (PEM) beside those that come with the runtime. */
  readonly extraCa?: readonly string[];
  /** Of what is no server of this protocol; 1.3 without it. */
  readonly minTls?: "TLSv1.2";
  /** Places that a stranger names may be without TLS: pages, which say nothing for us. */
  readonly plainHttp?: true;
  /** Servers that we show a certificate, and whose own must be of `ca` alone. PEM. */
  readonly mutual?: ReadonlyMap<ServerName, MutualTls>;
}

export interface MutualTls {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
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
  readonly #mutual = new Map<ServerName, { readonly checked: Agents; readonly named: Agents }>();

  constructor(deps: HttpClientDeps) {
    this.#deps = deps;
    const { extraCa = [] } = deps;
    const context = createSecureContext({
      ...(extraCa.length === 0 ? {} : { ca: [...rootCertificates, ...extraCa] }),
      // Of the context, not of the request: a context given by hand brings its own versions.
      minVersion: deps.minTls ?? "TLSv1.3",
    });
    this.#checked = agents((host) => this.#lookUp(host, { named: false }), context);
    this.#named = agents((host) => this.#lookUp(host, { named: true }), context);
    for (const [server, tls] of deps.mutual ?? []) {
      const own = createSecureContext({ ...tls, minVersion: "TLSv1.3" });
      this.#mutual.set(server, {
        checked: agents((host) => this.#lookUp(host, { named: false }), own),
        named: agents((host) => this.#lookUp(host, { named: true }), own),
      });
    }
  }

  [Symbol.dispose](): void {
    const mutual = [...this.#mutual.values()].flatMap(({ checked, named }) => [checked, named]);
    for (const { http, https } of [this.#checked, this.#named, ...mutual]) {
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
    if (to.scheme === "http" && !to.named && this.#deps.plainHttp !== true) {
      throw new TransportError("tls", `Plain HTTP to ${to.host} is for test peers alone.`);
    }
    const refused = isIP(to.host) !== 0 && !to.named ? addressRefusal(to.host) : undefined;
    if (refused !== undefined) throw new TransportError("forbidden_address", `${refused}.`);
    const { timeoutMs, signal } = request;
    const outgoing = this.#begin(to, request);
    const answered = Promise.withResolvers<IncomingAnswer>();
    let why: TransportError | undefined;
    const end = (text: string) => {
      why ??= new TransportError("timeout", text);
      outgoing.destroy(why);
      // A request that waits for its headers may say so only much later.
      answered.reject(why);
    };
    const deadline = new AbortController();
    const late = () => end(`${to.host} did not answer within ${timeoutMs} ms.`);
    void this.#deps.clock.sleep(timeoutMs, deadline.signal).then(late, () => undefined);
    const gaveUp = () => end(`The request to ${to.host} was given up.`);
    signal?.addEventListener("abort", gaveUp, { once: true });
    outgoing.once("close", () => {
      deadline.abort();
      signal?.removeEventListener("abort", gaveUp);
    });
    if (signal?.aborted === true) gaveUp();
    // What ended a request of ours is the reason, not how its socket took it.
    const explained = (error: unknown) => why ?? explain(error, to);
    outgoing.once("error", (error) => {
      const failure = explained(error);
      answered.reject(outgoing.reusedSocket ? staleOr(failure) : failure);
    });
    outgoing.once("response", (incoming) => {
      answered.resolve(new NodeAnswer(incoming, { host: to.host, explain: explained }));
    });
    // Nobody asked for that; without this the connection would end, and the request never.
    outgoing.once("upgrade", (_incoming, socket) => {
      socket.destroy();
      answered.reject(
        new TransportError("bad_answer", `${to.host} answered with another protocol.`),
      );
    });
    outgoing.end(request.body);
    return await answered.promise;
  }

  #begin(to: Endpoint, request: OutgoingRequest): ClientRequest {
    const mutual = to.server === undefined ? undefined : this.#mutual.get(to.server);
    const { http, https } = to.named
      ? mutual?.named ?? this.#named
      : mutual?.checked ?? this.#checked;
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
  secureContext: SecureContext,
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
  return {
    http: new HttpAgent(settings),
    // A context made once: authorities named in each request would be compared each time.
    https: new HttpsAgent({ ...settings, secureContext }),
  };
}

/** A kept connection that the other side had closed before the request came. */
export const STALE_CONNECTION = "stale_connection";

function staleOr(failure: TransportError): TransportError {
  if (failure.kind !== "unreachable") return failure;
  return new TransportError("unreachable", failure.message, {
    cause: failure.cause,
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
