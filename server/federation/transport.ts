import type { z } from "zod";
import type { FederationOperation } from "../../core/api/federation/operation.ts";
import { sendTransaction } from "../../core/api/federation/send.ts";
import type { JsonObject } from "../../core/event/json.ts";
import { parseJson } from "../../core/event/json_parse.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { limits } from "../../core/limits.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Rng } from "../../core/ports/rng.ts";
import { signRequest } from "../../federation/http/sign_request.ts";
import {
  type CallOptions,
  type ServerPolicy,
  type ServerSigner,
  type Transport,
  TransportError,
} from "../../federation/ports.ts";
import {
  authorityOf,
  type Endpoint,
  type ServerResolver,
} from "../../federation/resolve_server.ts";
import { type TraceBook, traced } from "../system/tracing.ts";
import { type HttpClient, STALE_CONNECTION } from "./http_client.ts";
import type { IncomingAnswer } from "./node_answer.ts";
import { writeRequest } from "./write_request.ts";

export interface HttpTransportDeps {
  readonly self: ServerName;
  readonly signer: ServerSigner;
  readonly policy: ServerPolicy;
  readonly resolver: ServerResolver;
  readonly client: HttpClient;
  readonly clock: Clock;
  readonly rng: Rng;
  /** By `content_hash`: which trace the events of a transaction were made in. */
  readonly traces: TraceBook;
}

const ERROR_BYTES = 64 * 1024;
const NONCE_BYTES = 16;
/** Longest wait that another server may ask for. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/** Signed requests to other servers over HTTPS. PROTOCOL.md 8. */
export class HttpTransport implements Transport {
  readonly #deps: HttpTransportDeps;

  constructor(deps: HttpTransportDeps) {
    this.#deps = deps;
  }

  async call<Request extends z.ZodType, Answer extends z.ZodType>(
    to: ServerName,
    operation: FederationOperation<Request, Answer>,
    request: z.input<Request>,
    options: CallOptions = {},
  ): Promise<z.output<Answer>> {
    const answer = await this.#ask(to, operation, { request, options });
    const bytes = await answer.bytes(operation.maxAnswerBytes);
    const read = parseJson(bytes, {
      maxBytes: operation.maxAnswerBytes,
      maxNodes: limits.federation.maxNodes,
      maxDepth: limits.federation.maxDepth,
    });
    if (!read.ok) {
      throw new TransportError("bad_answer", `${to}: ${operation.id}: ${read.fault.message}.`);
    }
    const parsed = operation.answer.safeParse(read.value);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new TransportError(
      "bad_answer",
      `${to} answered ${operation.id} in another shape: ${
        issue?.path.join(".")
      } ${issue?.message}.`,
    );
  }

  async download<Request extends z.ZodType>(
    to: ServerName,
    operation: FederationOperation<Request>,
    request: z.input<Request>,
    options: CallOptions = {},
  ): Promise<{ readonly body: ReadableStream<Uint8Array>; readonly size: number | undefined }> {
    const answer = await this.#ask(to, operation, { request, options });
    const declared = answer.header("content-length");
    return {
      body: answer.stream(operation.maxAnswerBytes),
      size: declared === undefined ? undefined : Number(declared),
    };
  }

  /** An answer with status 200, its body unread. */
  async #ask(
    to: ServerName,
    operation: FederationOperation,
    call: { readonly request: unknown; readonly options: CallOptions },
  ): Promise<IncomingAnswer> {
    const { request, options } = call;
    const given = options.traceparent ?? this.#traceOf(operation, request);
    const name = `ask ${operation.id} of ${to}`;
    return await traced(
      name,
      { side: "client", traceparent: given },
      (traceparent) =>
        this.#askNow(to, operation, {
          request,
          options: { ...options, ...(traceparent === undefined ? {} : { traceparent }) },
        }),
    );
  }

  /** The trace of the first event in a transaction that has one. */
  #traceOf(operation: FederationOperation, request: unknown): string | undefined {
    if (operation.id !== sendTransaction.id) return undefined;
    for (const pdu of (request as z.input<typeof sendTransaction.request>).pdus) {
      const found = this.#deps.traces.find(String((pdu as JsonObject)["content_hash"]));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  async #askNow(
    to: ServerName,
    operation: FederationOperation,
    call: { readonly request: unknown; readonly options: CallOptions },
  ): Promise<IncomingAnswer> {
    const refusal = this.#deps.policy.refusal(to);
    if (refusal !== undefined) throw new TransportError("policy", `${refusal}.`);
    const endpoint = await this.#deps.resolver.resolve(to);
    let answer: IncomingAnswer;
    try {
      answer = await this.#send(to, operation, { ...call, endpoint }).catch((error) => {
        if (!(error instanceof TransportError) || error.details.code !== STALE_CONNECTION) {
          throw error;
        }
        // Signed anew: the nonce of the first may have been spent.
        return this.#send(to, operation, { ...call, endpoint });
      });
    } catch (error) {
      if (error instanceof TransportError && MOVED.has(error.kind)) {
        this.#deps.resolver.forget(to);
      }
      throw error;
    }
    if (answer.status === 200) return answer;
    throw await refusalOf(answer, { to, operation });
  }

  async #send(
    to: ServerName,
    operation: FederationOperation,
    call: {
      readonly request: unknown;
      readonly options: CallOptions;
      readonly endpoint: Endpoint;
    },
  ): Promise<IncomingAnswer> {
    const { self, signer, client, clock, rng } = this.#deps;
    const { endpoint, options } = call;
    const written = writeRequest(operation, call.request);
    const nowMs = clock.now();
    const signed = await signRequest({
      ...written,
      authority: authorityOf(endpoint),
      destination: to,
      traceparent: options.traceparent,
    }, { origin: self, signer: await signer.current(nowMs), nowMs, nonce: rng.bytes(NONCE_BYTES) });
    return await client.send(endpoint, {
      ...written,
      headers: {
        ...signed,
        ...(written.method === "POST" ? { "content-type": "application/json" } : {}),
      },
      timeoutMs: operation.timeoutMs,
      signal: options.signal,
    });
  }
}

/** Failures after which a server may be found elsewhere. */
const MOVED: ReadonlySet<string> = new Set(["unreachable", "tls", "unresolved", "timeout"]);

/** What another server's "no" means to us. */
async function refusalOf(
  answer: IncomingAnswer,
  asked: { readonly to: ServerName; readonly operation: FederationOperation },
): Promise<TransportError> {
  const { status } = answer;
  const { to, operation } = asked;
  const { code, message, untilTs } = await readError(answer);
  const said = `${to} answered ${operation.id} with ${status}` +
    (code === undefined ? "" : ` (${code}: ${message ?? ""})`);
  const details = {
    status,
    ...(code === undefined ? {} : { code }),
    ...(untilTs === undefined ? {} : { untilTs }),
  };
  if (status === 429) {
    const retryAfterMs = retryAfter(answer);
    return new TransportError("rate_limited", `${said}.`, {
      ...details,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }
  // 401: it does not know our key yet, or a clock is wrong; both pass.
  if (status >= 500 || status === 401) {
    return new TransportError("server_error", `${said}.`, details);
  }
  if (status >= 400 && code !== undefined) {
    return new TransportError("refused", `${said}.`, details);
  }
  return new TransportError("bad_answer", `${said}.`, details);
}

function retryAfter(answer: IncomingAnswer): number | undefined {
  const seconds = Number(answer.header("retry-after") ?? Number.NaN);
  return seconds >= 0 ? Math.min(seconds * 1000, MAX_RETRY_AFTER_MS) : undefined;
}

/** A refusal as the other server says it; it may say anything. */
interface SaidError {
  readonly code?: string;
  readonly message?: string;
  readonly untilTs?: number;
}

async function readError(answer: IncomingAnswer): Promise<SaidError> {
  try {
    const read = parseJson(await answer.bytes(ERROR_BYTES), { maxBytes: ERROR_BYTES });
    const body = read.ok ? read.value as { error?: Readonly<Record<string, unknown>> } : null;
    const { code, message, until_ts: until } = body?.error ?? {};
    const isTime = typeof until === "number" && until > 0 && until < limits.event.maxTs;
    return {
      ...(isTime ? { untilTs: until } : {}),
      ...(typeof code === "string" ? { code: code.slice(0, 64) } : {}),
      ...(typeof message === "string" ? { message: message.slice(0, 300) } : {}),
    };
  } catch {
    return {};
  }
}
