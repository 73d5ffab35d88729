import type { Clock } from "../../../core/ports/clock.ts";
import type { Rng } from "../../../core/ports/rng.ts";
import { TransportError, type TransportFailure } from "../../../federation/ports.ts";
import { ServerResolver } from "../../../federation/resolve_server.ts";
import type { FederationParts } from "../../compose/federation.ts";
import type { Config } from "../../config/config.ts";
import { isTrial, serverName } from "../../config/derived.ts";
import { type SelfTest, testSelf } from "../../federation/self_probe.ts";
import { type Advice, type Finding, ok, problem, warning } from "../finding.ts";

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
    return [ok(CHECK, "federation.off")];
  }
  const peers = config.federation.testPeers.length;
  if (isTrial(config)) {
    return [ok(CHECK, "federation.trial", { peers })];
  }
  if (parts === undefined) {
    return [ok(CHECK, "federation.stopped")];
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

/** What can be done about each way not to be reached; of the others the log knows more. */
const ADVICE: Partial<Record<TransportFailure, Advice>> = {
  unresolved: "federation.unresolved",
  unreachable: "federation.unreachable",
  timeout: "federation.timeout",
  tls: "federation.tls",
  too_large: "federation.too_large",
};

function explain({ kind, message: reason }: TransportError, name: string): Finding {
  const values = { name, reason };
  return kind === "forbidden_address"
    ? warning(CHECK, ["federation.forbidden", "federation.private"], values)
    : problem(CHECK, ["federation.unreached", ADVICE[kind] ?? "log"], values);
}

function judge({ endpoint, sent, status, arrived }: SelfTest): Finding {
  const place = { host: endpoint.host, port: String(endpoint.port) };
  if (arrived === undefined) {
    return problem(CHECK, ["federation.else", "federation.paths"], {
      ...place,
      status: String(status),
    });
  }
  if (arrived.authority !== sent.authority) {
    return problem(CHECK, ["federation.host", "federation.host"], {
      sent: sent.authority,
      arrived: arrived.authority,
    });
  }
  if (arrived.target !== sent.target) {
    return problem(CHECK, ["federation.target", "federation.target"], {
      sent: sent.target,
      arrived: arrived.target,
    });
  }
  if (arrived.fault !== null) {
    return problem(CHECK, ["federation.changed", "federation.changed"], { reason: arrived.fault });
  }
  if (arrived.method !== sent.method) {
    return problem(CHECK, ["federation.method", "federation.changed"], { method: arrived.method });
  }
  return ok(CHECK, "federation.good", place);
}
