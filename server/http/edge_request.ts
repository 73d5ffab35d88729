import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { TLSSocket } from "node:tls";
import { OperationError } from "../../core/errors.ts";
import type { HeaderReader } from "./headers.ts";
import { joinBytes, readBytes, requireDeclaredSize, tooLarge } from "./body.ts";

/**
 * A request before it is understood. The web's `Request` is made only for handlers that
 * ask for it: making one costs more than everything else an ordinary call does.
 */
export interface EdgeRequest {
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  readonly headers: HeaderReader;
  /** The whole body; throws `too_large` at the first byte beyond. */
  body(limitBytes: number): Promise<Uint8Array>;
  /** The same request in the web's form. Either this one's body is read, or `body` is called. */
  readonly request: Request;
  /** Aborted when the visitor goes away. */
  readonly signal: AbortSignal;
  /** The certificate (DER) that the visitor showed, of an authority that was asked for. */
  readonly clientCertificate?: Uint8Array | undefined;
}

export function webEdgeRequest(request: Request): EdgeRequest {
  return {
    method: request.method,
    url: request.url,
    headers: request.headers,
    request,
    get signal() {
      return request.signal;
    },
    body(limitBytes) {
      requireDeclaredSize(request.headers, limitBytes);
      return readBytes(request.body, limitBytes);
    },
  };
}

/** A request of node:http. */
export class NodeEdgeRequest implements EdgeRequest {
  readonly method: string;
  readonly headers: HeaderReader;
  readonly #incoming: IncomingMessage;
  readonly #outgoing: ServerResponse;
  readonly #secure: boolean;
  #request: Request | undefined;
  #bodyTaken = false;
  #gone: AbortController | undefined;

  constructor(incoming: IncomingMessage, outgoing: ServerResponse, options: { secure: boolean }) {
    this.#incoming = incoming;
    this.#outgoing = outgoing;
    this.#secure = options.secure;
    this.method = incoming.method ?? "GET";
    const { headers } = incoming;
    this.headers = {
      get(name) {
        const value = headers[name];
        return value === undefined ? null : Array.isArray(value) ? value.join(", ") : value;
      },
    };
  }

  get url(): string {
    const host = this.headers.get("host") ?? "localhost";
    return `${this.#secure ? "https" : "http"}://${host}${this.#incoming.url ?? "/"}`;
  }

  get signal(): AbortSignal {
    if (this.#gone === undefined) {
      const gone = new AbortController();
      this.#gone = gone;
      if (this.#outgoing.destroyed) gone.abort();
      this.#outgoing.once("close", () => {
        if (!this.#outgoing.writableFinished) gone.abort();
      });
    }
    return this.#gone.signal;
  }

  get clientCertificate(): Uint8Array | undefined {
    const { socket } = this.#incoming;
    if (!("authorized" in socket) || socket.authorized !== true) return undefined;
    return (socket as TLSSocket).getPeerCertificate().raw;
  }

  get request(): Request {
    if (this.#request !== undefined) return this.#request;
    const headers = new Headers();
    const { rawHeaders } = this.#incoming;
    for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
      headers.append(rawHeaders[i] ?? "", rawHeaders[i + 1] ?? "");
    }
    const bodiless = this.#bodyTaken || this.method === "GET" || this.method === "HEAD";
    return this.#request = new Request(this.url, {
      method: this.method,
      headers,
      signal: this.signal,
      redirect: "manual",
      ...(bodiless ? {} : {
        body: Readable.toWeb(this.#incoming) as ReadableStream<Uint8Array>,
        duplex: "half",
      }),
    });
  }

  body(limitBytes: number): Promise<Uint8Array> {
    requireDeclaredSize(this.headers, limitBytes);
    const incoming = this.#incoming;
    this.#bodyTaken = true;
    if (incoming.destroyed && !incoming.complete) return Promise.reject(visitorLeft());
    return new Promise((resolve, reject) => {
      const parts: Uint8Array[] = [];
      let size = 0;
      incoming.on("data", (part: Uint8Array) => {
        size += part.byteLength;
        if (size > limitBytes) {
          incoming.removeAllListeners("data");
          reject(tooLarge(limitBytes, `more than ${limitBytes}`));
        } else parts.push(part);
      });
      incoming.once("end", () => resolve(joinBytes(parts, size)));
      incoming.once("error", reject);
      incoming.once("close", () => {
        if (!incoming.complete) reject(visitorLeft());
      });
    });
  }
}

function visitorLeft(): OperationError {
  return new OperationError("timeout", "The request's body did not come whole.");
}

/** The runtime's error for a body that ends before its time, as the refusal it is; else itself. */
export function bodyFault(failure: unknown): unknown {
  const cutShort = failure instanceof Error && failure.message === "aborted" &&
    "code" in failure && failure.code === "ECONNRESET";
  return cutShort ? visitorLeft() : failure;
}
