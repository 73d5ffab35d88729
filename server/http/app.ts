import { Hono } from "hono";
import { OperationError } from "../../core/errors.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Rng } from "../../core/ports/rng.ts";
import type { Authenticate, Caller } from "./caller.ts";
import { errorReply } from "./errors.ts";
import { PREFLIGHT, securityHeaders } from "./headers.ts";
import { addressKey, rateHeaders, RateLimiter, type RatePolicy } from "./rate_limit.ts";
import type { RateVerdict } from "./rate_limit.ts";
import type { Reply } from "./reply.ts";
import type { RequestFacts, Route, RouteDeps } from "./route.ts";

/** What the listener, or a page rendered in process, says of the request's way in. */
export interface EdgeEnv {
  readonly address: string;
  readonly secure: boolean;
  /** A call of our own pages: the visitor's page request was counted already. */
  readonly internal?: boolean;
}

/** A handler outside the operation list: health, metrics, documents, streams. */
export interface PlainRoute {
  readonly method: "GET" | "POST";
  readonly path: `/${string}`;
  answer(facts: RequestFacts, deps: RouteDeps): Promise<Reply | Response>;
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
  readonly body?: { readonly bytes: number; readonly ms: number };
  readonly checkResults?: boolean;
}

const DEFAULT_BODY = { bytes: 1 << 20, ms: 60_000 };

export interface App {
  fetch(request: Request, env: EdgeEnv): Promise<Response>;
}

/** State of one request on its way through. */
interface Passage {
  route: string;
  verdict: RateVerdict | undefined;
  userId: string | undefined;
  readonly facts: RequestFacts;
}

type Env = { Bindings: { passage: Passage } };
type Answer = (
  passage: Passage,
  params: Readonly<Record<string, string>>,
) => Promise<Reply | Response>;

/** Assembles the HTTP side of a server out of its routes. Paths and methods are unique. */
export function createApp(options: AppOptions): App {
  const byAddress = new RateLimiter(options, options.rates.address, {
    keyCount: options.rateKeyCount,
  });
  const byUser = new RateLimiter(options, options.rates.user, { keyCount: options.rateKeyCount });
  const hono = buildRouter(options, byUser);
  return {
    async fetch(request, env) {
      const startMs = options.clock.monotonic();
      const passage: Passage = {
        route: "unmatched",
        verdict: undefined,
        userId: undefined,
        facts: {
          requestId: requestId(options.rng),
          address: env.address,
          secure: env.secure,
          get signal() {
            return request.signal;
          },
          request,
        },
      };
      let response: Response;
      try {
        if (env.internal !== true) spend(byAddress, addressKey(env.address), passage);
        response = await hono.fetch(request, { passage });
      } catch (failure) {
        response = finish(
          errorReply(failure, {
            requestId: passage.facts.requestId,
            route: passage.route,
            log: options.log,
          }),
          passage,
        );
      }
      const ms = options.clock.monotonic() - startMs;
      options.meter?.answered({
        route: passage.route,
        method: request.method,
        status: response.status,
        ms,
      });
      logAccess(options.log, passage, { status: response.status, ms });
      return response;
    },
  };
}

function buildRouter(options: AppOptions, byUser: RateLimiter): Hono<Env> {
  const hono = new Hono<Env>({ strict: true });
  const methods = new Map<string, Set<string>>();
  const mount = (method: string, path: string, answer: Answer): void => {
    const taken = methods.get(path) ?? new Set();
    if (taken.has(method)) throw new Error(`Two routes answer ${method} ${path}.`);
    methods.set(path, taken.add(method));
    hono.on(method, path, async (c) => {
      const passage = c.env.passage;
      passage.route = path;
      return finish(await answer(passage, c.req.param()), passage);
    });
  };
  const depsOf = (passage: Passage): RouteDeps => ({
    authenticate: options.authenticate,
    clock: options.clock,
    origins: options.origins,
    body: options.body ?? DEFAULT_BODY,
    checkResults: options.checkResults ?? false,
    admit: (caller: Caller) => {
      passage.userId = caller.userId;
      spend(byUser, caller.userId, passage);
    },
  });
  for (const route of options.routes) {
    mount(
      route.operation.method,
      route.operation.path,
      (passage, params) => route.answer(passage.facts, params, depsOf(passage)),
    );
  }
  for (const plain of options.plainRoutes ?? []) {
    mount(plain.method, plain.path, (passage) => plain.answer(passage.facts, depsOf(passage)));
  }
  for (const [path, taken] of methods) {
    hono.all(path, (c) => finish(refuseMethod(c.req.method, [...taken]), c.env.passage));
  }
  hono.all("*", async (c) => {
    const passage = c.env.passage;
    if (options.pages === undefined || isApi(passage.facts.request)) {
      throw new OperationError("not_found", "There is nothing at this address.");
    }
    passage.route = "page";
    return finish(await options.pages(passage.facts.request, passage.facts), passage);
  });
  hono.onError((failure, c) =>
    finish(
      errorReply(failure, {
        requestId: c.env.passage.facts.requestId,
        route: c.env.passage.route,
        log: options.log,
      }),
      c.env.passage,
    )
  );
  return hono;
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

function isApi(request: Request): boolean {
  const path = new URL(request.url).pathname;
  return path.startsWith("/client/") || path.startsWith("/_") || path.startsWith("/.well-known/");
}

/** Adds what every answer carries. */
function finish(answer: Reply | Response, passage: Passage): Response {
  const api = !(answer instanceof Response) || isApi(passage.facts.request);
  const added = {
    ...securityHeaders({ api, secure: passage.facts.secure }),
    ...(passage.verdict === undefined ? {} : rateHeaders(passage.verdict)),
    "x-request-id": passage.facts.requestId,
  };
  if (!(answer instanceof Response)) {
    return new Response(answer.body, {
      status: answer.status,
      headers: { ...added, ...answer.headers },
    });
  }
  const headers = new Headers(answer.headers);
  for (const [name, value] of Object.entries(added)) {
    if (!headers.has(name)) headers.set(name, value);
  }
  return new Response(answer.body, { status: answer.status, headers });
}

function requestId(rng: Rng): string {
  let id = "";
  for (const byte of rng.bytes(8)) id += byte.toString(16).padStart(2, "0");
  return id;
}

/** One line a request, by route pattern: addresses typed by people may hold secrets. */
function logAccess(log: Log, passage: Passage, answer: { status: number; ms: number }): void {
  const level = answer.status >= 500 ? "warn" : answer.status >= 400 ? "info" : "debug";
  log.log(level, "request", {
    request_id: passage.facts.requestId,
    method: passage.facts.request.method,
    route: passage.route,
    status: answer.status,
    ms: Math.round(answer.ms * 100) / 100,
    address: passage.facts.address,
    ...(passage.userId === undefined ? {} : { user_id: passage.userId }),
  });
}
