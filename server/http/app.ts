import { OperationError } from "../../core/errors.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Rng } from "../../core/ports/rng.ts";
import { inRequest, traced } from "../system/tracing.ts";
import { AnswerDeadline } from "./answer_deadline.ts";
import type { Authenticate, Caller } from "./caller.ts";
import { bodyFault, type EdgeRequest, webEdgeRequest } from "./edge_request.ts";
import { errorReply } from "./errors.ts";
import { PREFLIGHT, securityHeaders } from "./headers.ts";
import { addressKey, rateHeaders, RateLimiter, type RatePolicy } from "./rate_limit.ts";
import type { RateVerdict } from "./rate_limit.ts";
import type { Reply } from "./reply.ts";
import { RouteTable } from "./route_table.ts";
import type { RequestFacts, Route, RouteDeps, RouteInput } from "./route.ts";

/** What the listener, or a page rendered in process, says of the request's way in. */
export interface EdgeEnv {
  readonly address: string;
  readonly secure: boolean;
  /** A call of our own pages: the visitor's page request was counted already. */
  readonly internal?: boolean;
}

/** A handler outside the operation list: health, metrics, documents, streams, other servers. */
export interface PlainRoute {
  readonly method: "GET" | "POST";
  readonly path: `/${string}`;
  answer(
    input: RouteInput,
    deps: RouteDeps,
    params: Readonly<Record<string, string>>,
  ): Promise<Reply | Response>;
}

/** Counts every answered request. */
export interface HttpMeter {
  answered(request: { route: string; method: string; status: number; ms: number }): void;
}

export interface AppOptions {
  readonly routes: readonly Route[];
  readonly plainRoutes?: readonly PlainRoute[];
  /** Everything that no route takes: the web client. */
  readonly pages?: (request: Request, facts: RequestFacts) => Promise<Response>;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
  readonly meter?: HttpMeter;
  readonly authenticate: Authenticate;
  readonly origins: readonly string[];
  readonly rates: { readonly address: RatePolicy; readonly user: RatePolicy };
  /** Most addresses and most users counted at once. */
  readonly rateKeyCount: number;
  /** Bound of JSON bodies; uploads have their own. */
  readonly bodyBytes?: number;
  readonly checkResults?: boolean;
}

const BODY_BYTES = 1 << 20;

export interface App {
  fetch(request: Request, env: EdgeEnv): Promise<Response>;
  /** As `fetch`, without the web's objects where the answer is plain: what a listener uses. */
  answer?(edge: EdgeRequest, env: EdgeEnv): Promise<Reply | Response>;
}

/** State of one request on its way through. */
interface Passage {
  route: string;
  verdict: RateVerdict | undefined;
  userId: string | undefined;
  readonly input: RouteInput;
}

type Handler = (
  passage: Passage,
  params: Readonly<Record<string, string>>,
) => Promise<Reply | Response>;

/** Assembles the HTTP side of a server out of its routes. Paths and methods are unique. */
export function createApp(options: AppOptions): App & Required<Pick<App, "answer">> {
  const byAddress = new RateLimiter(options, options.rates.address, {
    keyCount: options.rateKeyCount,
  });
  const byUser = new RateLimiter(options, options.rates.user, { keyCount: options.rateKeyCount });
  const table = buildTable(options, byUser);
  const answer = (edge: EdgeRequest, env: EdgeEnv): Promise<Reply | Response> => {
    const passage = startPassage(edge, env, options.rng);
    const { requestId: id } = passage.input;
    return inRequest({ id, traceparent: edge.headers.get("traceparent") }, async () => {
      const startMs = options.clock.monotonic();
      let answered: Reply | Response;
      try {
        if (env.internal !== true) spend(byAddress, addressKey(env.address), passage);
        answered = await take(table, options, passage);
      } catch (failure) {
        answered = errorReply(bodyFault(failure), {
          requestId: passage.input.requestId,
          route: passage.route,
          log: options.log,
        });
      }
      const finished = finish(answered, passage);
      const ms = options.clock.monotonic() - startMs;
      const { route } = passage;
      options.meter?.answered({ route, method: edge.method, status: finished.status, ms });
      logAccess(options.log, passage, { status: finished.status, ms });
      return finished;
    });
  };
  return {
    answer,
    async fetch(request, env) {
      const answered = await answer(webEdgeRequest(request), env);
      if (answered instanceof Response) return answered;
      const { status, headers, body } = answered;
      return new Response(request.method === "HEAD" ? null : body, { status, headers });
    },
  };
}

function startPassage(edge: EdgeRequest, env: EdgeEnv, rng: Rng): Passage {
  return {
    route: "unmatched",
    verdict: undefined,
    userId: undefined,
    input: {
      requestId: requestId(rng),
      address: env.address,
      secure: env.secure,
      edge,
      get signal() {
        return edge.signal;
      },
      get request() {
        return edge.request;
      },
    },
  };
}

function buildTable(options: AppOptions, byUser: RateLimiter): RouteTable<Handler> {
  const table = new RouteTable<Handler>();
  const deadline = new AnswerDeadline(options.clock);
  const depsOf = (passage: Passage): RouteDeps => ({
    authenticate: options.authenticate,
    clock: options.clock,
    origins: options.origins,
    bodyBytes: options.bodyBytes ?? BODY_BYTES,
    deadline,
    checkResults: options.checkResults ?? false,
    admit: (caller: Caller) => {
      passage.userId = caller.userId;
      spend(byUser, caller.userId, passage);
    },
  });
  for (const { operation, answer } of options.routes) {
    table.add(
      operation.method,
      operation.path,
      (passage, params) =>
        traced(
          `${operation.method} ${operation.path}`,
          { side: "server", traceparent: passage.input.edge.headers.get("traceparent") },
          () => answer(passage.input, params, depsOf(passage)),
        ),
    );
  }
  for (const plain of options.plainRoutes ?? []) {
    table.add(
      plain.method,
      plain.path,
      (passage, params) => plain.answer(passage.input, depsOf(passage), params),
    );
  }
  return table;
}

async function take(
  table: RouteTable<Handler>,
  options: AppOptions,
  passage: Passage,
): Promise<Reply | Response> {
  const { edge } = passage.input;
  const path = pathOf(edge.url);
  const found = table.find(edge.method === "HEAD" ? "GET" : edge.method, path);
  if (found.kind === "route") {
    passage.route = found.path;
    return await found.handler(passage, found.params);
  }
  if (found.kind === "method") {
    passage.route = found.path;
    return refuseMethod(edge.method, found.methods);
  }
  if (options.pages === undefined || isApi(path)) {
    throw new OperationError("not_found", "There is nothing at this address.");
  }
  passage.route = "page";
  // The web's Request, which pages are given, has no such method.
  if (edge.method === "TRACE") return refuseMethod(edge.method, ["GET", "HEAD", "POST"]);
  return await options.pages(passage.input.request, passage.input);
}

/** Path of an absolute URL, without query. */
function pathOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  if (start < 0) return "/";
  const query = url.indexOf("?", start);
  return query < 0 ? url.slice(start) : url.slice(start, query);
}

function refuseMethod(method: string, taken: readonly string[]): Reply {
  const allow = [...taken, "OPTIONS"].join(", ");
  if (method === "OPTIONS") {
    return { status: 204, headers: { ...PREFLIGHT, allow }, body: null };
  }
  throw new OperationError("method_not_allowed", `${method} is not possible here; use ${allow}.`, {
    details: { allow: taken },
  });
}

function spend(limiter: RateLimiter, key: string, passage: Passage): void {
  const verdict = limiter.take(key);
  if (verdict === undefined) return;
  const held = passage.verdict;
  if (held === undefined || !verdict.allowed || verdict.remaining < held.remaining) {
    passage.verdict = verdict;
  }
  if (verdict.allowed) return;
  const retryAfterMs = Math.ceil(verdict.retryAfterMs);
  throw new OperationError(
    "rate_limited",
    `Too many requests; try again in ${Math.ceil(retryAfterMs / 1000)} s.`,
    { details: { retry_after_ms: retryAfterMs } },
  );
}

function isApi(path: string): boolean {
  return path.startsWith("/client/") || path.startsWith("/_") || path.startsWith("/.well-known/");
}

/** Adds what every answer carries. */
function finish(answer: Reply | Response, passage: Passage): Reply | Response {
  const { edge, secure, requestId } = passage.input;
  const plain = !(answer instanceof Response);
  const api = plain || isApi(pathOf(edge.url));
  const added: Record<string, string> = {
    ...securityHeaders({ api, secure }),
    ...(passage.verdict === undefined ? {} : rateHeaders(passage.verdict)),
    "x-request-id": requestId,
  };
  if (plain) return { ...answer, headers: Object.assign(added, answer.headers) };
  const headers = new Headers(answer.headers);
  for (const [name, value] of Object.entries(added)) {
    if (!headers.has(name)) headers.set(name, value);
  }
  return new Response(answer.body, { status: answer.status, headers });
}

function requestId(rng: Rng): string {
  return rng.bytes(8).toHex();
}

/** One line a request, by route pattern: addresses typed by people may hold secrets. */
function logAccess(log: Log, passage: Passage, answer: { status: number; ms: number }): void {
  const level = answer.status >= 500 ? "warn" : answer.status >= 400 ? "info" : "debug";
  log.log(level, "request", {
    request_id: passage.input.requestId,
    method: passage.input.edge.method,
    route: passage.route,
    status: answer.status,
    ms: Math.round(answer.ms * 100) / 100,
    address: passage.input.address,
    ...(passage.userId === undefined ? {} : { user_id: passage.userId }),
  });
}
