import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import { freePort } from "../../scripts/lib/free_port.ts";
import { type Homeserver, startHomeserver } from "./homeserver.ts";
import { type Link, openLink } from "./link.ts";

const NAMES = ["one", "two", "three", "four", "five", "six", "seven"];

/** A homeserver with a name of its own among others. */
export interface FederatedServer extends Homeserver {
  readonly name: string;
}

/** Real homeservers in this process that reach each other, each with its own database. */
export interface Federation extends AsyncDisposable {
  readonly servers: readonly FederatedServer[];
  /** Nothing goes between two servers any more, in either direction; by their place in the list. */
  cut(a: number, b: number): void;
  heal(a: number, b: number): void;
  /** Ends a server; the others find nobody at its address. */
  stop(at: number): Promise<void>;
  /** Starts a stopped server again on the same database, data folder and port. */
  start(at: number): Promise<FederatedServer>;
}

export interface FederationOptions {
  /** Default: plain HTTP. Certificates are settings (`tls.cert`, `federation.extra_ca`). */
  readonly scheme?: "http" | "https";
  readonly settings?: Readonly<Record<string, string>>;
  /** Of one server alone, by its place. */
  readonly settingsOf?: (at: number) => Readonly<Record<string, string>>;
  /** Shown all that goes between servers. */
  readonly tap?: (bytes: Uint8Array) => void;
  readonly logOf?: (at: number) => Log;
  readonly clockOf?: (at: number) => Clock;
  /** Further test peers of all of them: `name=http://127.0.0.1:port`. */
  readonly extraPeers?: readonly string[];
}

/**
 * `one.test`, `two.test`, ... as test peers of each other over plain HTTP on loopback. Between
 * each two runs a link of its own in each direction, which can be cut.
 */
export async function startServers(
  count: number,
  options: FederationOptions = {},
): Promise<Federation> {
  await using stack = new AsyncDisposableStack();
  const scheme = options.scheme ?? "http";
  const names = NAMES.slice(0, count).map((name) => `${name}.test`);
  const ports = names.map(() => freePort());
  const links = new Map<string, Link>();
  for (let from = 0; from < count; from++) {
    for (let to = 0; to < count; to++) {
      if (from === to) continue;
      links.set(
        `${from} ${to}`,
        stack.use(openLink({
          port: ports[to] as number,
          ...(options.tap === undefined ? {} : { tap: options.tap }),
        })),
      );
    }
  }
  const both = (a: number, b: number, act: (link: Link) => void) => {
    for (const key of [`${a} ${b}`, `${b} ${a}`]) act(links.get(key) as Link);
  };
  const open = async (at: number, former?: FederatedServer): Promise<FederatedServer> => {
    const peers = names.flatMap((name, to) =>
      to === at ? [] : [`${name}=${scheme}://127.0.0.1:${links.get(`${at} ${to}`)?.port}`]
    );
    const server = await startHomeserver({
      settings: {
        "server.name": names[at] as string,
        "server.public_url": `${scheme}://127.0.0.1:${ports[at]}`,
        "listen.port": String(ports[at]),
        "federation.test_peers": [...peers, ...options.extraPeers ?? []].join(","),
        "federation.requests_per_minute": "1000000",
        ...options.settings,
        ...options.settingsOf?.(at),
      },
      ...(options.logOf === undefined ? {} : { log: options.logOf(at) }),
      ...(options.clockOf === undefined ? {} : { clock: options.clockOf(at) }),
      ...(former === undefined ? {} : { again: former }),
    });
    return { ...server, name: names[at] as string };
  };
  const servers: FederatedServer[] = [];
  stack.defer(async () => {
    await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
  });
  for (let at = 0; at < count; at++) servers.push(await open(at));
  const owned = stack.move();
  return {
    servers,
    cut: (a, b) => both(a, b, (link) => link.cut()),
    heal: (a, b) => both(a, b, (link) => link.heal()),
    stop: (at) => (servers[at] as FederatedServer).stop(),
    async start(at) {
      const server = await open(at, servers[at]);
      servers[at] = server;
      return server;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
