import type { Config } from "../config/config.ts";
import { listenAddress } from "../config/derived.ts";
import { VERSION } from "../cli/version.ts";
import { apiDocumentRoutes } from "../http/api_documents.ts";
import { type App, createApp, type PlainRoute } from "../http/app.ts";
import type { Authenticate } from "../http/caller.ts";
import type { AccountHttpDeps } from "../http/client/account_http_deps.ts";
import { accountRoutes } from "../http/client/account_routes.ts";
import type { ChatRouteDeps } from "../http/client/chat_route_deps.ts";
import { chatRoutes } from "../http/client/chat_routes.ts";
import { eventsRoute } from "../http/client/events.ts";
import { mediaRoutes } from "../http/client/media/routes.ts";
import { type SyncDeps, syncRoute } from "../http/client/sync.ts";
import type { Gateway } from "../http/gateway/gateway.ts";
import { healthRoute, readyRoute } from "../http/health.ts";
import { Listener } from "../http/listener.ts";
import { type MetricsAccess, metricsRoute } from "../http/metrics_route.ts";
import { TrustedProxies } from "../http/proxy.ts";
import type { RatePolicy } from "../http/rate_limit.ts";
import type { RequestFacts, Route } from "../http/route.ts";
import { sourceRoute } from "../http/source_route.ts";
import { keyDocumentRoute } from "../http/well_known/key_document.ts";
import { serverDocumentRoute } from "../http/well_known/server_document.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { MediaDeps } from "../services/media/media_deps.ts";
import type { MediaVisibility } from "../services/media/media_visibility.ts";
import type { CertificateSource } from "../tls/certificate.ts";
import type { SystemParts } from "./store.ts";

/** Addresses and accounts whose requests are counted at once. */
const RATE_KEYS_MAX = 100_000;
const MINUTE_MS = 60_000;
/** Server-sent events: what may wait for a slow reader, and how often silence is broken. */
const STREAM = { bufferBytes: 4 * 1024 * 1024, keepAliveMs: 20_000 };

export interface HttpInput {
  readonly accounts: AccountHttpDeps;
  readonly chat: ChatRouteDeps;
  readonly media: { readonly deps: MediaDeps; readonly visibility: MediaVisibility };
  readonly sync: SyncDeps;
  readonly authenticate: Authenticate;
  readonly metrics: Metrics;
  readonly origins: readonly string[];
  readonly pages: (request: Request, facts: RequestFacts) => Promise<Response>;
  readonly isStopping: () => boolean;
}

/** Every operation of the client API. */
export function allRoutes(input: HttpInput): Route[] {
  return [
    ...accountRoutes(input.accounts),
    ...chatRoutes(input.chat),
    ...mediaRoutes(input.media.deps, input.media.visibility),
    syncRoute(input.sync),
    eventsRoute({ ...input.sync, ...STREAM, meter: input.metrics }),
  ];
}

export function composeApp(config: Config, system: SystemParts, input: HttpInput): App {
  const routes = allRoutes(input);
  return createApp({
    ...system,
    routes,
    plainRoutes: plainRoutes(config, system, { ...input, routes }),
    pages: input.pages,
    meter: input.metrics,
    authenticate: input.authenticate,
    origins: input.origins,
    rates: {
      address: perMinute("address", config.limits.addressRequestsPerMinute),
      user: perMinute("user", config.limits.userRequestsPerMinute),
    },
    rateKeyCount: RATE_KEYS_MAX,
  });
}

function perMinute(name: string, quota: number): RatePolicy {
  return { name, quota, windowMs: MINUTE_MS };
}

function plainRoutes(
  config: Config,
  system: SystemParts,
  input: HttpInput & { readonly routes: readonly Route[] },
): PlainRoute[] {
  const { sql } = input.accounts;
  return [
    healthRoute(),
    readyRoute({ ...system, isStopping: input.isStopping }, [
      { name: "database", check: async () => void await sql`select 1` },
    ]),
    metricsRoute(input, metricsAccess(config)),
    keyDocumentRoute(input.accounts),
    serverDocumentRoute(input.accounts),
    sourceRoute(),
    ...apiDocumentRoutes(input.routes.map((route) => route.operation), { version: VERSION }),
  ];
}

function metricsAccess(config: Config): MetricsAccess {
  const { access, token } = config.metrics;
  if (access !== "token") return { who: access };
  return token === undefined ? { who: "admin" } : { who: "token", token: token.reveal() };
}

/** Opens the port, with TLS where a certificate is configured. */
export async function openListener(
  config: Config,
  system: SystemParts,
  input: {
    readonly app: App;
    readonly gateway: Gateway;
    readonly certificate: CertificateSource | undefined;
  },
): Promise<Listener> {
  const { listen } = config;
  const certificate = input.certificate?.current;
  const listener = await Listener.open({
    ...system,
    app: input.app,
    proxies: new TrustedProxies(listen.trustedProxies),
    upgrades: new Map([[
      "/client/v1/gateway",
      (request, parts) => input.gateway.upgrade(request, parts),
    ]]),
  }, {
    ...listenAddress(config),
    ...(certificate === undefined ? {} : { certificate }),
    headerMs: listen.headerTimeout,
    stallMs: listen.stallTimeout,
    idleMs: listen.idleTimeout,
    connectionCount: listen.maxConnections,
    connectionsPerAddress: listen.maxConnectionsPerAddress,
  });
  input.certificate?.onChange((next) => listener.setCertificate(next));
  return listener;
}
