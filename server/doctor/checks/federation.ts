import type { Clock } from "../../../core/ports/clock.ts";
import type { Rng } from "../../../core/ports/rng.ts";
import { TransportError, type TransportFailure } from "../../../federation/ports.ts";
import { ServerResolver } from "../../../federation/resolve_server.ts";
import type { FederationParts } from "../../compose/federation.ts";
import type { Config } from "../../config/config.ts";
import { isTrial, serverName } from "../../config/derived.ts";
import { type SelfTest, testSelf } from "../../federation/self_probe.ts";
import { type Finding, ok, problem, warning } from "../finding.ts";

const CHECK = "federation";

export interface FederationCheck {
  readonly config: Pick<Config, "server" | "federation">;
  /** Of the running server; without it there is nobody to answer. */
  readonly parts: FederationParts | undefined;
  readonly clock: Clock;
  readonly rng: Rng;
}

/** Other servers reach this one by its name, and what they sign arrives unchanged. */
export async function checkFederation(check: FederationCheck): Promise<Finding[]> {
  const { config, parts, clock, rng } = check;
  if (!config.federation.enabled) {
    return [ok(CHECK, "Switched off: this server speaks with no other.")];
  }
  const peers = config.federation.testPeers.length;
  if (isTrial(config)) {
    return [ok(CHECK, `A trial speaks with its test peers alone (${peers} named).`)];
  }
  if (parts === undefined) {
    return [
      ok(CHECK, "Not tried: the server must be running to be asked by its own name."),
    ];
  }
  // A resolver of its own: nothing remembered stands between the check and the truth.
  const resolver = new ServerResolver({
    documents: parts.client,
    clock,
    testPeers: parts.testPeers,
  });
  try {
    return [judge(await testSelf({ ...parts, resolver, clock, rng }))];
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    return [explain(error, serverName(config))];
  }
}

const ADVICE: Partial<Record<TransportFailure, string>> = {
  unresolved: "Give the name an address in DNS (A or AAAA), or let " +
    "https://NAME/.well-known/openguild/server name the host that has one.",
  unreachable: "Is the port open in the firewall and forwarded to this machine? Others need the " +
    "port that https://NAME/.well-known/openguild/server names; without one, 443.",
  timeout: "Something drops the packets: look at firewalls and port forwarding on the way.",
  tls: "Others accept TLS 1.3 alone, with a certificate for that host from a public authority: " +
    "see tls.cert and tls.acme, or the proxy in front.",
  too_large: "Something else answers there: let the proxy lead /.well-known/openguild/ and " +
    "/_federation/ to this server.",
};

function explain(error: TransportError, name: string): Finding {
  if (error.kind === "forbidden_address") {
    return warning(
      CHECK,
      `From here ${name} leads to an address that no server dials: ${error.message}`,
      "Fine where only your own network sees it so. If others see it too, give the name its " +
        "public address in DNS.",
    );
  }
  return problem(
    CHECK,
    `Other servers do not reach ${name}: ${error.message}`,
    (ADVICE[error.kind] ?? "Look into the log.").replaceAll("NAME", name),
  );
}

function judge({ endpoint, sent, status, arrived }: SelfTest): Finding {
  const place = `${endpoint.host} port ${endpoint.port}`;
  if (arrived === undefined) {
    return problem(
      CHECK,
      `At ${place} something else answers for /_federation/ (status ${status}).`,
      "Let the proxy lead /_federation/ and /.well-known/openguild/ to this server, with their " +
        "paths unchanged.",
    );
  }
  if (arrived.authority !== sent.authority) {
    return problem(
      CHECK,
      `The Host header was rewritten on its way: sent as ${sent.authority}, arrived as ` +
        `${arrived.authority}. Signatures cover it, so every request of others is refused.`,
      "Let the proxy pass it on: proxy_set_header Host $http_host in nginx, ProxyPreserveHost On " +
        "in Apache.",
    );
  }
  if (arrived.target !== sent.target) {
    return problem(
      CHECK,
      `The address was rewritten on its way: sent as ${sent.target}, arrived as ` +
        `${arrived.target}. Signatures cover it, so requests of others are refused.`,
      "Let the proxy pass the path on as it came: in nginx proxy_pass without a path behind the " +
        "port, AllowEncodedSlashes NoDecode and nocanon in Apache.",
    );
  }
  if (arrived.fault !== null || arrived.method !== sent.method) {
    return problem(
      CHECK,
      `A request that was signed here does not verify after its way: ` +
        `${arrived.fault ?? `its method became ${arrived.method}`}.`,
      "Something on the way changes requests: look at what the proxy does to headers and bodies.",
    );
  }
  return ok(CHECK, `A signed request came through ${place} unchanged.`);
}
