import { parseJson } from "../core/event/json_parse.ts";
import { hostAndPortOf, parseServerName, type ServerName } from "../core/ids/server_name.ts";
import type { Clock } from "../core/ports/clock.ts";
import { putNewest } from "../core/put_newest.ts";
import { parseServerDocument, SERVER_DOCUMENT_PATH } from "./discovery.ts";
import { canonicalHost } from "./policy.ts";
import { TransportError } from "./ports.ts";

/** Where a server's doors are. */
export interface Endpoint {
  readonly scheme: "https" | "http";
  /** A DNS name or an address, IPv6 without brackets. The certificate must be for it. */
  readonly host: string;
  readonly port: number;
  /** The configuration names this place: it may be on loopback, and speak plain HTTP. */
  readonly named: boolean;
  /** Whose it is: certificates may be agreed with a server by name. */
  readonly server?: ServerName;
}

/** `Host` of requests to an endpoint: lower case, without the port that the scheme implies. */
export function authorityOf({ scheme, host, port }: Endpoint): string {
  const name = host.includes(":") ? `[${host}]` : host;
  return port === (scheme === "https" ? 443 : 80) ? name : `${name}:${port}`;
}

/** Fetches a document without a signature; follows no redirect. */
export interface DocumentSource {
  /** @throws TransportError where no answer came */
  get(
    from: Endpoint,
    path: string,
    bounds: { readonly maxBytes: number; readonly timeoutMs: number },
  ): Promise<{ readonly status: number; readonly body: Uint8Array }>;
}

export interface ResolverDeps {
  readonly documents: DocumentSource;
  readonly clock: Clock;
  readonly testPeers: ReadonlyMap<ServerName, Endpoint>;
}

/** Servers whose place is remembered, or that they had none. */
const MAX_PLACES = 10_000;
/** Look-ups under way at once; beyond it a server counts as not resolved for now. */
const MAX_LOOKUPS = 200;
const DOCUMENT_BYTES = 16 * 1024;
const TIMEOUT_MS = 10_000;
/** A document is asked for anew after this time. */
const DOCUMENT_MS = 3_600_000;
/** The name itself stood in for a document that there was not. */
const FALLBACK_MS = 300_000;
/** A failure is repeated to whoever asks, for so long. */
const FAILURE_MS = 60_000;

interface Place {
  readonly found: Endpoint | TransportError;
  readonly untilMs: number;
}

/**
 * Where servers are: a test peer where the configuration says, else where
 * `/.well-known/openguild/server` of the name says, else the name itself. PROTOCOL.md 8.
 */
export class ServerResolver {
  readonly #deps: ResolverDeps;
  readonly #places = new Map<ServerName, Place>();
  readonly #lookups = new Map<ServerName, Promise<Place>>();

  constructor(deps: ResolverDeps) {
    this.#deps = deps;
  }

  /** Servers remembered; never above the bound. */
  get size(): number {
    return this.#places.size;
  }

  /** @throws TransportError */
  async resolve(server: ServerName): Promise<Endpoint> {
    const named = this.#deps.testPeers.get(server);
    if (named !== undefined) return named;
    const held = this.#places.get(server);
    if (held !== undefined && this.#deps.clock.monotonic() < held.untilMs) return endOf(held);
    let lookup = this.#lookups.get(server);
    if (lookup === undefined) {
      if (this.#lookups.size >= MAX_LOOKUPS) {
        throw new TransportError("unresolved", `Too many servers are being looked up: ${server}.`);
      }
      lookup = this.#look(server).finally(() => this.#lookups.delete(server));
      this.#lookups.set(server, lookup);
    }
    return endOf(await lookup);
  }

  /**
   * The name of the server whose pages stand at an address, as its own document there says; where
   * there is none, the address is its name. @throws TransportError
   */
  async nameAt(address: URL): Promise<ServerName> {
    const host = canonicalHost(address.hostname.replace(/^\[|\]$/g, ""));
    const secure = address.protocol === "https:";
    const port = address.port === "" ? secure ? 443 : 80 : Number(address.port);
    for (const [name, peer] of this.#deps.testPeers) {
      // Links show the peer's name where requests to it go to an address.
      if ((peer.host === host || name === host) && peer.port === port) return name;
    }
    if (!secure || host === undefined) {
      throw new TransportError("unresolved", `${address.origin} is no server's address.`);
    }
    const from: Endpoint = { scheme: "https", host, port, named: false };
    const { status, body } = await this.#deps.documents.get(from, SERVER_DOCUMENT_PATH, {
      maxBytes: DOCUMENT_BYTES,
      timeoutMs: TIMEOUT_MS,
    });
    const read = parseJson(body, { maxBytes: DOCUMENT_BYTES });
    const document = status === 200 && read.ok ? parseServerDocument(read.value) : undefined;
    const name = document?.server ?? parseServerName(address.host);
    if (name !== undefined) return name;
    throw new TransportError("unresolved", `${address.origin} is no server's address.`);
  }

  /** The place did not answer: it is looked up anew at the next request. */
  forget(server: ServerName): void {
    const held = this.#places.get(server);
    // A failure stays remembered, or a server that is away would be asked at each request.
    if (held !== undefined && !(held.found instanceof TransportError)) this.#places.delete(server);
  }

  async #look(server: ServerName): Promise<Place> {
    const { host, port } = hostAndPortOf(server);
    const itself: Endpoint = { scheme: "https", host, port: port ?? 443, named: false, server };
    let place: { found: Place["found"]; ms: number };
    try {
      const delegated = await this.#readDocument(server, itself);
      place = delegated === undefined
        ? { found: itself, ms: FALLBACK_MS }
        : { found: delegated, ms: DOCUMENT_MS };
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      place = { found: error, ms: FAILURE_MS };
    }
    const held = { found: place.found, untilMs: this.#deps.clock.monotonic() + place.ms };
    this.#hold(server, held);
    return held;
  }

  async #readDocument(server: ServerName, from: Endpoint): Promise<Endpoint | undefined> {
    const { status, body } = await this.#deps.documents.get(from, SERVER_DOCUMENT_PATH, {
      maxBytes: DOCUMENT_BYTES,
      timeoutMs: TIMEOUT_MS,
    });
    if (status !== 200) return undefined;
    const read = parseJson(body, { maxBytes: DOCUMENT_BYTES });
    const document = read.ok ? parseServerDocument(read.value) : undefined;
    if (document === undefined) return undefined;
    if (document.server !== server) {
      throw new TransportError(
        "unresolved",
        `At https://${from.host} is the server ${document.server}, not ${server}.`,
      );
    }
    if (document.trial) throw new TransportError("policy", `${server} is a trial.`);
    const host = canonicalHost(document.host);
    if (host === undefined) return undefined;
    return { scheme: "https", host, port: document.port, named: false, server };
  }

  #hold(server: ServerName, place: Place): void {
    putNewest(this.#places, { key: server, value: place, max: MAX_PLACES });
  }
}

function endOf(place: Place): Endpoint {
  if (place.found instanceof TransportError) throw place.found;
  return place.found;
}
