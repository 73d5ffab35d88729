import process from "node:process";
import { assert } from "../../core/assert.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Rng } from "../../core/ports/rng.ts";
import type { Config } from "../config/config.ts";
import { listenAddress, publicUrl } from "../config/derived.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { CertificateSource } from "../tls/certificate.ts";
import { apiDocumentRoutes } from "./api_documents.ts";
import { type App, createApp, type PlainRoute } from "./app.ts";
import type { Authenticate } from "./caller.ts";
import { eventsRoute } from "./client/events.ts";
import { stayRoute } from "./client/stay.ts";
import { syncRoute } from "./client/sync.ts";
import { Gateway } from "./gateway/gateway.ts";
import type { GatewaySource } from "./gateway/source.ts";
import { healthRoute, type ReadyCheck, readyRoute } from "./health.ts";
import { Listener } from "./listener.ts";
import type { Live } from "./live.ts";
import { type MetricsAccess, metricsRoute } from "./metrics_route.ts";
import { TrustedProxies } from "./proxy.ts";
import type { RequestFacts, Route } from "./route.ts";

/** Bounds of live connections. */
export const HTTP_LIMITS = {
  /** Largest frame of a client. */
  gatewayFrameBytes: 64 * 1024,
  /** Waiting for one slow reader. */
  slowReaderBytes: 4 * 1024 * 1024,
  /** Dispatches that one resume replays; beyond it a snapshot is cheaper. */
  replayDispatches: 10_000,
  heartbeatMs: 30_000,
  identifyMs: 10_000,
  eventStreamCommentMs: 20_000,
  /** Addresses and users whose requests are counted. */
  rateKeys: 100_000,
} as const;

const MINUTE_MS = 60_000;

type HttpConfig = Pick<
  Config,
  "listen" | "limits" | "metrics" | "server" | "tls" | "origins"
>;

/** A call of our own pages to the API: in process, with the visitor's own credentials. */
export type ApiCall = (
  request: Request,
  visitor: Pick<RequestFacts, "address" | "secure">,
) => Promise<Response>;
export type Pages = (request: Request, facts: RequestFacts) => Promise<Response>;

export interface HttpDeps {
  readonly config: HttpConfig;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly live: Live;
  readonly source: GatewaySource;
  readonly authenticate: Authenticate;
  readonly routes: readonly Route[];
  readonly plainRoutes?: readonly PlainRoute[];
  /** Makes the web client out of its way to the API. */
  readonly pages?: (api: ApiCall) => Pages;
  readonly readyChecks: readonly ReadyCheck[];
  readonly certificate?: CertificateSource | undefined;
  /** See `ListenerOptions`. */
  readonly clientAuthorities?: readonly string[];
  readonly version: string;
  readonly checkResults?: boolean;
}

export interface HttpServer extends AsyncDisposable {
  readonly app: App;
  readonly port: number;
}

/** Opens every door of the server: API, live connections, pages, figures. Disposal closes them. */
export async function openHttp(deps: HttpDeps): Promise<HttpServer> {
  const { config, live, metrics } = deps;
  const stopping = new AbortController();
  const address = listenAddress(config);
  const origins = [new URL(publicUrl(config, address.port)).origin];
  const unsubscribe = deps.source.subscribe((update) => live.hub.deliver(update), live.hub);
  const app = buildApp(deps, { origins, isStopping: () => stopping.signal.aborted });
  const gateway = new Gateway({
    ...deps,
    ...live,
    origins,
    meter: metrics,
    replayCount: HTTP_LIMITS.replayDispatches,
    socketsPerUser: config.limits.socketsPerUser,
  }, {
    frameBytes: HTTP_LIMITS.gatewayFrameBytes,
    bufferBytes: HTTP_LIMITS.slowReaderBytes,
    heartbeatMs: HTTP_LIMITS.heartbeatMs,
    identifyMs: HTTP_LIMITS.identifyMs,
  });
  const listener = await Listener.open({
    ...deps,
    app,
    proxies: new TrustedProxies(config.listen.trustedProxies),
    upgrades: new Map([[
      "/client/v1/gateway",
      (request, parts) => gateway.upgrade(request, parts),
    ]]),
  }, {
    ...address,
    ...(deps.certificate === undefined ? {} : { certificate: deps.certificate.current }),
    ...(deps.clientAuthorities === undefined ? {} : { clientAuthorities: deps.clientAuthorities }),
    headerMs: config.listen.headerTimeout,
    stallMs: config.listen.stallTimeout,
    idleMs: config.listen.idleTimeout,
    connectionCount: config.listen.maxConnections,
    connectionsPerAddress: config.listen.maxConnectionsPerAddress,
  });
  deps.certificate?.onChange((certificate) => listener.setCertificate(certificate));
  metrics.observeSockets(() => live.hub.sessionCount);
  metrics.observeConnections(() => listener.connectionCount);
  metrics.observeMemory(() => process.memoryUsage.rss());
  return {
    app,
    port: listener.port,
    async [Symbol.asyncDispose]() {
      stopping.abort();
      unsubscribe();
      await gateway.stop();
      await listener.stop();
    },
  };
}

function buildApp(
  deps: HttpDeps,
  options: { origins: readonly string[]; isStopping: () => boolean },
): App {
  const { config, metrics, pages: makePages, ...shared } = deps;
  const streams = {
    ...deps,
    ...deps.live,
    replayCount: HTTP_LIMITS.replayDispatches,
    socketsPerUser: config.limits.socketsPerUser,
    bufferBytes: HTTP_LIMITS.slowReaderBytes,
    keepAliveMs: HTTP_LIMITS.eventStreamCommentMs,
    meter: metrics,
  };
  const routes = [...deps.routes, syncRoute(streams), eventsRoute(streams), stayRoute(streams)];
  const api: ApiCall = (request, { address, secure }) =>
    app.fetch(request, { address, secure, internal: true });
  const pages = makePages?.(api);
  const app: App = createApp({
    ...shared,
    routes,
    plainRoutes: [
      ...deps.plainRoutes ?? [],
      ...apiDocumentRoutes(routes.map(({ operation }) => operation), deps),
      healthRoute(),
      readyRoute({ ...deps, ...options }, deps.readyChecks),
      metricsRoute(deps, metricsAccess(config)),
    ],
    ...(pages === undefined ? {} : { pages }),
    meter: metrics,
    origins: options.origins,
    rates: {
      address: {
        name: "address",
        quota: config.limits.addressRequestsPerMinute,
        windowMs: MINUTE_MS,
      },
      user: { name: "user", quota: config.limits.userRequestsPerMinute, windowMs: MINUTE_MS },
    },
    rateKeyCount: HTTP_LIMITS.rateKeys,
    bodyBytes: config.listen.maxBody,
  });
  return app;
}

function metricsAccess(config: Pick<Config, "metrics">): MetricsAccess {
  const { access, token } = config.metrics;
  if (access !== "token") return { who: access };
  assert(token !== undefined, "the configuration checks that the token is set");
  return { who: "token", token: token.reveal() };
}
