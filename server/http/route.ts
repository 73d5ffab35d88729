import type { z } from "zod";
import type { Operation, OperationAuth } from "../../core/api/operation.ts";
import { OperationError } from "../../core/errors.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { AnswerDeadline } from "./answer_deadline.ts";
import { parseJson } from "./body.ts";
import type { Authenticate, Caller } from "./caller.ts";
import { requireScope } from "./require_scope.ts";
import { readCredentials, requireOwnOrigin } from "./credentials.ts";
import type { EdgeRequest } from "./edge_request.ts";
import { invalidInput } from "./errors.ts";
import { readQuery } from "./read_query.ts";
import { jsonReply, type Reply } from "./reply.ts";

/** What every handler may know of the request beside its validated input. */
export interface RequestFacts {
  readonly requestId: string;
  /** Address of the visitor, behind configured proxies too. */
  readonly address: string;
  /** True where the visitor came over TLS. */
  readonly secure: boolean;
  /** Aborted when the visitor goes away or the server stops. */
  readonly signal: AbortSignal;
  /** The web's form, made on demand: only for handlers that read or pass on the request. */
  readonly request: Request;
}

export type CallerOf<Auth extends OperationAuth> = Auth extends "none" ? undefined
  : Auth extends "optional" ? Caller | undefined
  : Caller;

/** One call of an operation: input validated, caller known. */
export interface Call<Params, Query, Body, C> extends RequestFacts {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly caller: C;
}

/** What a route needs of the server around it. */
export interface RouteDeps {
  readonly authenticate: Authenticate;
  readonly clock: Clock;
  /** Origins that may act by cookie beside the host itself: the public URL. */
  readonly origins: readonly string[];
  /** Counts the signed-in caller's request; throws `rate_limited`. */
  readonly admit: (caller: Caller, facts: RequestFacts) => void;
  /** Largest JSON body of an operation that names no other bound. */
  readonly bodyBytes: number;
  readonly deadline: AnswerDeadline;
  /** Validates results too and fails loudly: on in tests, off where it costs people time. */
  readonly checkResults: boolean;
}

/** The facts with the request itself: what routes are answered from. */
export interface RouteInput extends RequestFacts {
  readonly edge: EdgeRequest;
}

/** A handler with its edge: what the app mounts. */
export interface Route {
  readonly operation: Operation;
  answer(
    input: RouteInput,
    params: Readonly<Record<string, string>>,
    deps: RouteDeps,
  ): Promise<Reply | Response>;
}

export interface RouteOptions {
  /** Largest JSON body, in bytes; for operations with a `body`. */
  readonly bodyBytes?: number;
}

/**
 * Joins an operation and its handler. The handler sees only valid input and returns the
 * result object, or a `Response` where it streams. An operation without a `body` schema
 * leaves `request.body` unread for its handler.
 */
export function route<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Result extends z.ZodType,
  Auth extends OperationAuth,
>(
  operation: Operation<Params, Query, Body, Result, Auth>,
  handler: (
    call: Call<z.output<Params>, z.output<Query>, z.output<Body>, CallerOf<Auth>>,
  ) => Promise<z.output<Result> | Response>,
  options: RouteOptions = {},
): Route {
  return {
    operation,
    async answer(input, rawParams, deps) {
      const caller = await deps.deadline.of(identifyCaller(operation, input, deps), "answered");
      if (caller !== undefined) deps.admit(caller, input);
      const params = check("params", operation.params, rawParams);
      const query = check("query", operation.query, readQuery(input.edge.url));
      const body = operation.body === undefined || operation.binaryBody === true
        ? undefined
        : check(
          "body",
          operation.body,
          await readJson(input.edge, options.bodyBytes ?? deps.bodyBytes),
        );
      const handling = handler({
        requestId: input.requestId,
        address: input.address,
        secure: input.secure,
        // Only on demand: the adapter makes an abort controller for whoever asks.
        get signal() {
          return input.signal;
        },
        get request() {
          return input.request;
        },
        // The casts restate what `check` and `identifyCaller` have just proven.
        params: params as z.output<Params>,
        query: query as z.output<Query>,
        body: body as z.output<Body>,
        caller: caller as CallerOf<Auth>,
      });
      const done = operation.method === "GET" ? "answered" : "done";
      const result = await (isDue(operation) ? deps.deadline.of(handling, done) : handling);
      if (result instanceof Response) return result;
      if (deps.checkResults) operation.result.parse(result);
      return jsonReply(result);
    },
  };
}

/** Bytes take the time that they take, and who waits by design has said how long. */
function isDue({ binaryBody, binaryResult, waits }: Operation): boolean {
  return binaryBody !== true && binaryResult !== true && waits !== true;
}

async function readJson(edge: EdgeRequest, limitBytes: number): Promise<unknown> {
  const type = edge.headers.get("content-type");
  if (type !== null && !/^application\/json\s*(;|$)/i.test(type)) {
    throw new OperationError(
      "unsupported_media",
      `The body's type is ${JSON.stringify(type.slice(0, 100))}; send application/json.`,
    );
  }
  const coding = edge.headers.get("content-encoding") ?? "identity";
  if (coding !== "identity") {
    throw new OperationError(
      "unsupported_media",
      `The body's coding is ${JSON.stringify(coding.slice(0, 100))}; send it as it is.`,
    );
  }
  const bytes = await edge.body(limitBytes);
  // An empty body stands for an empty object: many operations have only optional fields.
  return bytes.byteLength === 0 ? {} : parseJson(bytes);
}

function check(
  part: "params" | "query" | "body",
  schema: z.ZodType | undefined,
  value: unknown,
): unknown {
  if (schema === undefined) return undefined;
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw invalidInput(part, { error: parsed.error, value });
  return parsed.data;
}

async function identifyCaller(
  operation: Operation,
  input: RouteInput,
  deps: RouteDeps,
): Promise<Caller | undefined> {
  if (operation.auth === "none") return undefined;
  const caller = await findCaller(operation.method, input, deps);
  if (caller !== undefined) requireScope(caller, operation);
  if (operation.auth === "optional") return caller;
  if (caller === undefined) {
    throw new OperationError(
      "unauthorized",
      input.edge.headers.get("authorization") !== null
        ? "This token opens nothing here: it is wrong, was revoked, or is of another server."
        : "Sign in first: this needs a valid session.",
    );
  }
  if (caller.suspended && operation.method !== "GET" && operation.whileSuspended !== true) {
    throw new OperationError(
      "account_suspended",
      "Your account is suspended: you can read, and change nothing, until it is released.",
    );
  }
  if (operation.auth === "admin" && !caller.admin) {
    throw new OperationError("forbidden", "This is for administrators of this server.");
  }
  if (operation.confirm === true && (caller.confirmedUntil ?? 0) <= deps.clock.now()) {
    throw new OperationError(
      "confirmation_required",
      "Confirm once more that it is you before doing this.",
    );
  }
  return caller;
}

async function findCaller(
  method: Operation["method"],
  input: RouteInput,
  deps: RouteDeps,
): Promise<Caller | undefined> {
  const credentials = readCredentials(input.edge.headers, input.secure);
  if (credentials === undefined) return undefined;
  if (credentials.cookie !== undefined && method !== "GET") {
    requireOwnOrigin(input.edge.headers, { secure: input.secure, allowed: deps.origins });
  }
  return await deps.authenticate(credentials, { address: input.address });
}
