import { getKeys } from "../../core/api/federation/people.ts";
import type { Blake3 } from "../../core/event/hash.ts";
import { StrictVerifier } from "../../core/event/verify.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { limits } from "../../core/limits.ts";
import {
  KEY_DOCUMENT_PATH,
  keyExcerptPath,
  StoredKeyRing,
} from "../../federation/keys/key_ring.ts";
import { EventResigner } from "../../federation/keys/resign.ts";
import { serverPolicy } from "../../federation/policy.ts";
import {
  type NamedPolicy,
  type ServerPolicy,
  type ServerSigner,
  type Transport,
  TransportError,
} from "../../federation/ports.ts";
import { type Endpoint, ServerResolver } from "../../federation/resolve_server.ts";
import type { Config } from "../config/config.ts";
import { testPeersOf } from "../config/federation_peers.ts";
import { HttpClient } from "../federation/http_client.ts";
import { PostgresKeyStore } from "../federation/key_store.ts";
import { RequestNonces } from "../federation/nonce_book.ts";
import { resolveHost } from "../federation/resolve_host.ts";
import { HttpTransport } from "../federation/transport.ts";
import type { PlainRoute } from "../http/app.ts";
import { type AnyHandler, type DoorDeps, federationRoutes } from "../http/federation/door.ts";
import { selfTestRoute } from "../http/federation/self_probe_route.ts";
import type { Bus } from "../../core/ports/bus.ts";
import type { Sql } from "../postgres/sql.ts";
import { createBlake3 } from "../system/blake3.ts";
import type { TraceBook } from "../system/tracing.ts";
import { type FederationTls, readFederationTls } from "./federation_tls.ts";
import { followServerLists } from "./live_policy.ts";
import type { SystemParts } from "./store.ts";

/** The way to other servers, before anything is said on it. */
export interface FederationParts {
  readonly transport: Transport;
  readonly keyRing: StoredKeyRing;
  readonly policy: NamedPolicy;
  readonly verifier: StrictVerifier;
  readonly nonces: RequestNonces;
  readonly blake3: Blake3;
  readonly resolver: ServerResolver;
  readonly resigner: EventResigner;
  readonly tls: FederationTls;
  readonly self: ServerName;
  readonly signer: ServerSigner;
  readonly client: HttpClient;
  readonly testPeers: ReadonlyMap<ServerName, Endpoint>;
}

/** A key document is small and beside everything else: it comes soon or not at all. */
const KEYS_TIMEOUT_MS = 10_000;

/** Opens the way to other servers: names, keys, signed requests, policy. */
export async function composeFederation(
  config: Config,
  system: SystemParts,
  input: {
    readonly sql: Sql;
    readonly bus: Bus;
    readonly signer: ServerSigner;
    readonly serverName: ServerName;
    readonly trial: boolean;
    readonly traces: TraceBook;
    readonly stack: AsyncDisposableStack;
  },
): Promise<FederationParts> {
  const { clock, rng } = system;
  const { sql, signer, serverName: self, trial, stack } = input;
  const log = system.log.child({ part: "federation" });
  const { enabled } = config.federation;
  const testPeers = testPeersOf(config.federation);
  const policy = serverPolicy({
    self,
    trial,
    enabled,
    testPeers: new Set(testPeers.keys()),
    lists: await followServerLists(config, system, input),
  });
  const tls = await readFederationTls(config);
  const client = stack.use(new HttpClient({ clock, resolveHost, ...tls }));
  const resolver = new ServerResolver({ documents: client, clock, testPeers });
  const transport = new HttpTransport({
    ...{ self, signer, policy, resolver, client, clock, rng },
    traces: input.traces,
  });
  const verifier = new StrictVerifier();
  const keyRing = new StoredKeyRing({
    self,
    store: new PostgresKeyStore(sql),
    verifier,
    clock,
    log,
    fetchDocument: (server) => fetchKeys(server, KEY_DOCUMENT_PATH, { policy, resolver, client }),
    fetchExcerpt: (server, keyIds) =>
      fetchKeys(server, keyExcerptPath(keyIds), { policy, resolver, client }),
    askKeys: async (of, names) => {
      const wanted = names.slice(0, limits.federation.maxIdsPerRequest)
        .map(({ server, keyId }) => ({ server, key_id: keyId }));
      return await transport.call(of, getKeys, { names: wanted });
    },
  });
  const blake3 = await createBlake3();
  return {
    transport,
    keyRing,
    policy,
    verifier,
    nonces: new RequestNonces(sql),
    blake3,
    resolver,
    resigner: new EventResigner({ self, keyRing, signer, blake3 }),
    tls,
    self,
    signer,
    client,
    testPeers,
  };
}

async function fetchKeys(
  server: ServerName,
  path: string,
  deps: {
    readonly policy: ServerPolicy;
    readonly resolver: ServerResolver;
    readonly client: HttpClient;
  },
): Promise<Uint8Array> {
  const refusal = deps.policy.refusal(server);
  if (refusal !== undefined) throw new TransportError("policy", `${refusal}.`);
  const { status, body } = await deps.client.get(
    await deps.resolver.resolve(server),
    path,
    { maxBytes: limits.keys.maxDocumentBytes, timeoutMs: KEYS_TIMEOUT_MS },
  );
  if (status === 200) return body;
  throw new TransportError("bad_answer", `${server} answered for its keys with ${status}.`);
}

/** The doors for other servers, for these handlers; none where federation is switched off. */
export function federationDoors(
  config: Pick<Config, "federation">,
  system: SystemParts,
  input: {
    readonly federation: FederationParts;
    readonly serverName: ServerName;
    readonly handlers: readonly AnyHandler[];
    readonly heardFrom: (origin: ServerName) => void;
    readonly isKnown: (origin: ServerName) => boolean;
  },
): PlainRoute[] {
  if (!config.federation.enabled) return [];
  const deps: DoorDeps = {
    ...input.federation,
    mutual: input.federation.tls.peers,
    self: input.serverName,
    clock: system.clock,
    log: system.log.child({ part: "federation" }),
    requestsPerMinute: config.federation.requestsPerMinute,
    heardFrom: input.heardFrom,
    isKnown: input.isKnown,
  };
  return [...federationRoutes(deps, input.handlers), selfTestRoute(deps)];
}
