import { join } from "node:path";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Config } from "../config/config.ts";
import { hasCertificate, listenAddress, publicUrl } from "../config/derived.ts";
import { Listener } from "../http/listener.ts";
import { TrustedProxies } from "../http/proxy.ts";
import { type CertificateSource, TlsError } from "./certificate.ts";
import { Challenges } from "./challenges.ts";
import { openFileCertificate } from "./file_certificate.ts";
import { redirectApp } from "./redirect_app.ts";

type TlsConfig = Pick<Config, "tls" | "listen" | "server" | "dataFolder" | "origins">;

export interface TlsDeps {
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The certificate that the configuration asks for, and the listener on port 80 that goes with
 * it. Undefined where the server speaks plain HTTP.
 * @throws TlsError when there is no certificate to start with.
 */
export async function openTls(
  config: TlsConfig,
  deps: TlsDeps,
): Promise<CertificateSource | undefined> {
  if (!hasCertificate(config)) return undefined;
  const challenges = new Challenges();
  await using stack = new AsyncDisposableStack();
  const redirect = await openRedirect(config, { ...deps, challenges });
  if (redirect !== undefined) stack.defer(() => redirect.stop());
  const source = stack.use(await openSource(config, { ...deps, challenges }));
  const owned = stack.move();
  return {
    get current() {
      return source.current;
    },
    onChange: (take) => source.onChange(take),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function openSource(
  config: TlsConfig,
  deps: TlsDeps & { readonly challenges: Challenges },
): Promise<CertificateSource> {
  const { tls } = config;
  if (tls.cert !== undefined && tls.key !== undefined) {
    return await openFileCertificate({ certPath: tls.cert, keyPath: tls.key }, deps);
  }
  // Here and not above: its library costs every start a quarter of a second, and memory.
  const { DEFAULT_DIRECTORY, openAcmeCertificate } = await import("./acme_certificate.ts");
  return await openAcmeCertificate({
    names: tls.acme,
    directoryUrl: tls.acmeDirectory ?? DEFAULT_DIRECTORY,
    email: tls.acmeEmail,
    authorityPem: tls.acmeCa === undefined ? undefined : await readAuthority(tls.acmeCa),
    folder: join(config.dataFolder, "acme"),
  }, deps);
}

async function readAuthority(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    throw new TlsError(`tls.acme_ca: the file ${path} cannot be read: is the path right?`, {
      cause,
    });
  }
}

async function openRedirect(
  config: TlsConfig,
  deps: TlsDeps & { readonly challenges: Challenges },
): Promise<Listener | undefined> {
  const { listen, tls } = config;
  if (tls.redirectPort === 0) return undefined;
  const { host, port } = listenAddress(config);
  try {
    return await Listener.open(
      {
        app: redirectApp({ challenges: deps.challenges, target: publicUrl(config, port) }),
        proxies: new TrustedProxies([]),
        clock: deps.clock,
        log: deps.log,
        upgrades: new Map(),
      },
      {
        host,
        port: tls.redirectPort,
        headerMs: listen.headerTimeout,
        stallMs: listen.stallTimeout,
        idleMs: listen.idleTimeout,
        connectionCount: listen.maxConnections,
        connectionsPerAddress: listen.maxConnectionsPerAddress,
      },
    );
  } catch (cause) {
    if (tls.acme.length === 0) {
      deps.log.log("warn", "Browsers are not sent from HTTP to HTTPS: the port cannot be opened.", {
        port: tls.redirectPort,
        error: cause,
      });
      return undefined;
    }
    throw new TlsError(
      `Port ${tls.redirectPort} on ${host} cannot be opened, and the authority looks there: stop ` +
        `what holds it, or let this user open it (setcap cap_net_bind_service=+ep).`,
      { cause },
    );
  }
}
