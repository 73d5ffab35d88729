import { ERROR_STATUS, type ErrorCode } from "../../../core/api/error.ts";
import { sendTransaction } from "../../../core/api/federation/send.ts";
import { OperationError } from "../../../core/errors.ts";
import type { ServerName } from "../../../core/ids/server_name.ts";
import { notHere } from "../../../federation/handle/not_here.ts";
import type { Asked, BinaryHandler, FederationHandler } from "../../../federation/ports.ts";
import { traced } from "../../system/tracing.ts";
import type { PlainRoute } from "../app.ts";
import { awayRefusal } from "../errors.ts";
import { RateLimiter } from "../rate_limit.ts";
import { jsonReply, type Reply } from "../reply.ts";
import type { RouteInput } from "../route.ts";
import { type AuthenticateDeps, authenticateServer, requireFirst } from "./authenticate.ts";
import { Lanes } from "./lanes.ts";
import { readRequest, readSignedBody } from "./read_request.ts";

export type AnyHandler = FederationHandler | BinaryHandler;

export interface DoorDeps extends AuthenticateDeps {
  /** Requests a minute of one server. */
  readonly requestsPerMinute: number;
  /** It has people in a room of this server; who has none is trusted with less. */
  readonly isKnown: (origin: ServerName) => boolean;
  /** An authenticated request came from there: the server lives. */
  readonly heardFrom?: (origin: ServerName) => void;
  /** Validates answers too and fails loudly: on in tests. */
  readonly checkAnswers?: boolean;
}

/**
 * What is only read does not wait for transactions. Those of one server that are under way together
 * are taken in together; the bodies of the others are not read yet.
 */
const TRANSACTIONS = { atOnce: 8, waiting: 50, waitingInAll: 2000 };
const OTHERS = { atOnce: 16, waiting: 50, waitingInAll: 2000 };
/** Of a known server's requests a stranger has this part: the greylist. */
const STRANGER_SHARE = 0.1;
/** Servers whose requests are counted. */
const RATE_KEYS = 10_000;
const MINUTE_MS = 60_000;

/** The doors for other servers: every handler behind the same checks. PROTOCOL.md 8. */
export function federationRoutes(
  deps: DoorDeps,
  handlers: readonly AnyHandler[],
): PlainRoute[] {
  const door = new Door(deps);
  return handlers.map((handler) => ({
    method: handler.operation.method,
    path: handler.operation.path,
    answer: (input, _deps, params) => door.answer(handler, { input, params }),
  }));
}

interface Arrived {
  readonly input: RouteInput;
  readonly params: Readonly<Record<string, string>>;
}

class Door {
  readonly #deps: DoorDeps;
  readonly #rates: RateLimiter;
  readonly #strangerRates: RateLimiter;
  readonly #transactions = new Lanes(TRANSACTIONS);
  readonly #others = new Lanes(OTHERS);

  constructor(deps: DoorDeps) {
    this.#deps = deps;
    const policy = { name: "server", quota: deps.requestsPerMinute, windowMs: MINUTE_MS };
    this.#rates = new RateLimiter(deps, policy, { keyCount: RATE_KEYS });
    const quota = Math.max(1, Math.floor(deps.requestsPerMinute * STRANGER_SHARE));
    this.#strangerRates = new RateLimiter(deps, { ...policy, quota }, { keyCount: RATE_KEYS });
  }

  async answer(handler: AnyHandler, arrived: Arrived): Promise<Reply | Response> {
    const { edge, secure, requestId } = arrived.input;
    try {
      const claim = await authenticateServer(edge, { secure }, this.#deps);
      const origin = claim.key.server;
      this.#deps.heardFrom?.(origin);
      this.#count(origin);
      // Made before it is waited: a request whose sender left meanwhile has no body to read.
      const { signal } = arrived.input;
      const lanes = handler.operation.id === sendTransaction.id ? this.#transactions : this.#others;
      return await lanes.run(origin, async () => {
        if (signal.aborted) throw new OperationError("timeout", "The asking server left.");
        const { bytes, digest } = await readSignedBody(handler.operation, edge);
        await requireFirst(claim, this.#deps);
        const { url } = edge;
        const request = readRequest(handler.operation, {
          url,
          params: arrived.params,
          body: bytes,
        });
        const asked = { origin, signal, bodyDigest: digest };
        return await traced(
          `answer ${handler.operation.id} of ${origin}`,
          { side: "server", traceparent: claim.traceparent },
          (traceparent) =>
            this.#handle(
              handler,
              traceparent === undefined ? asked : { ...asked, traceparent },
              request,
            ),
        );
      });
    } catch (error) {
      return this.#refuse(error, { operation: handler.operation.id, requestId });
    }
  }

  async #handle(
    handler: AnyHandler,
    asked: Asked,
    request: unknown,
  ): Promise<Reply | Response> {
    if ("open" in handler) {
      const { body, size } = await handler.open(asked, request);
      return new Response(body, {
        headers: { "content-type": "application/octet-stream", "content-length": String(size) },
      });
    }
    const answer = await handler.answer(asked, request);
    if (this.#deps.checkAnswers === true) handler.operation.answer.parse(answer);
    return jsonReply(answer);
  }

  #count(origin: ServerName): void {
    const rates = this.#deps.isKnown(origin) ? this.#rates : this.#strangerRates;
    const verdict = rates.take(origin);
    if (verdict === undefined || verdict.allowed) return;
    throw new OperationError("rate_limited", `Too many requests of ${origin}.`, {
      details: { retry_after_ms: Math.ceil(verdict.retryAfterMs) },
    });
  }

  /** One shape, and nothing in it that tells one "no" from another. */
  #refuse(error: unknown, context: { operation: string; requestId: string }): Reply {
    if (error instanceof OperationError) return refusalReply(error);
    this.#deps.log.log("error", "A request of another server failed.", {
      operation: context.operation,
      request_id: context.requestId,
      error,
    });
    const away = awayRefusal(error);
    if (away !== undefined) return refusalReply(away);
    return errorReply("internal", "Something went wrong on this server.");
  }
}

function refusalReply(refusal: OperationError): Reply {
  const message = refusal.code === "not_found" ? notHere().message : refusal.message;
  const wait = refusal.details?.["retry_after_ms"];
  const until = refusal.details?.["until_ts"];
  return errorReply(refusal.code, message, {
    ...(typeof wait === "number" ? { retryAfterMs: wait } : {}),
    ...(typeof until === "number" ? { untilTs: until } : {}),
  });
}

function errorReply(
  code: ErrorCode,
  message: string,
  { retryAfterMs, untilTs }: { readonly retryAfterMs?: number; readonly untilTs?: number } = {},
): Reply {
  const until = untilTs === undefined ? {} : { until_ts: untilTs };
  return jsonReply({ error: { code, message, ...until } }, {
    status: ERROR_STATUS[code],
    headers: retryAfterMs === undefined
      ? {}
      : { "retry-after": String(Math.max(1, Math.ceil(retryAfterMs / 1000))) },
  });
}
