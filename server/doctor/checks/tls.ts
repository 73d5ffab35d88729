import { join } from "node:path";
import type { Config } from "../../config/config.ts";
import { hasCertificate, listenAddress, publicUrl } from "../../config/derived.ts";
import { readCertificate } from "../../tls/certificate.ts";
import { readPair } from "../../tls/file_certificate.ts";
import { type Finding, ok, problem, reasonOf, warning } from "../finding.ts";
import { isOwnMachine } from "../../../core/own_machine.ts";

const CHECK = "tls";
const SOON_MS = 14 * 86_400_000;

/** The certificate is readable, for the right name and good for a while; or HTTPS is elsewhere. */
export async function checkTls(
  config: Pick<Config, "tls" | "server" | "listen" | "origins" | "dataFolder">,
  nowMs: number,
): Promise<Finding[]> {
  if (!hasCertificate(config)) return [withoutCertificate(config)];
  const folder = join(config.dataFolder, "acme");
  const fetched = config.tls.cert === undefined;
  const files = {
    certPath: config.tls.cert ?? join(folder, "cert.pem"),
    keyPath: config.tls.key ?? join(folder, "key.pem"),
  };
  try {
    const { cert } = await readPair(files);
    return judge(cert, { config, nowMs, fetched });
  } catch (error) {
    if (fetched) {
      return [
        warning(CHECK, ["tls.unfetched", "tls.fetch"], { names: config.tls.acme.join(", ") }),
      ];
    }
    return [problem(CHECK, ["tls.failed", "tls.files"], { reason: reasonOf(error) })];
  }
}

function judge(
  cert: string,
  options: {
    readonly config: Pick<Config, "tls" | "server" | "listen" | "origins">;
    readonly nowMs: number;
    readonly fetched: boolean;
  },
): Finding[] {
  const { config, nowMs, fetched } = options;
  const facts = readCertificate(cert);
  const host = new URL(publicUrl(config, listenAddress(config).port)).hostname;
  const until = new Date(facts.validUntilTs).toISOString().slice(0, 10);
  const renewal = fetched ? "tls.fetched" : "tls.renew";
  const values = { until, host };
  const findings: Finding[] = [];
  if (facts.validUntilTs <= nowMs) {
    findings.push(problem(CHECK, ["tls.ended", renewal], values));
  } else if (facts.validUntilTs - nowMs < SOON_MS) {
    findings.push(warning(CHECK, ["tls.ends", renewal], values));
  }
  if (facts.validFromTs > nowMs) {
    findings.push(problem(CHECK, ["tls.early", "tls.clock"]));
  }
  if (!facts.covers(host)) {
    findings.push(problem(CHECK, ["tls.other", "tls.other"], values));
  }
  return findings.length > 0 ? findings : [ok(CHECK, "tls.good", values)];
}

function withoutCertificate(
  config: Pick<Config, "tls" | "server" | "listen" | "origins">,
): Finding {
  const { host, port } = listenAddress(config);
  const address = publicUrl(config, port);
  if (address.startsWith("https://")) {
    return ok(CHECK, "tls.proxy", { address, port: String(port) });
  }
  if (isOwnMachine(host)) return ok(CHECK, "tls.local");
  return problem(CHECK, ["tls.plain", "tls.plain"]);
}
