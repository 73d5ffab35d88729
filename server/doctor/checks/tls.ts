import { join } from "node:path";
import type { Config } from "../../config/config.ts";
import { hasCertificate, listenAddress, publicUrl } from "../../config/derived.ts";
import { readCertificate } from "../../tls/certificate.ts";
import { readPair } from "../../tls/file_certificate.ts";
import { type Finding, ok, problem, reasonOf, warning } from "../finding.ts";

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
        warning(
          CHECK,
          "No certificate has been fetched yet.",
          `The first start fetches one for ${config.tls.acme.join(", ")}: each name must lead ` +
            "here, and port 80 must reach this server.",
        ),
      ];
    }
    return [
      problem(CHECK, reasonOf(error), "Name a certificate chain and its key, both PEM files."),
    ];
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
  const renewal = fetched
    ? "The log says why its renewal fails."
    : "Renew it; the server takes the new files within a minute.";
  const findings: Finding[] = [];
  if (facts.validUntilTs <= nowMs) {
    findings.push(problem(CHECK, `The certificate ended on ${until}.`, renewal));
  } else if (facts.validUntilTs - nowMs < SOON_MS) {
    findings.push(warning(CHECK, `The certificate ends on ${until}.`, renewal));
  }
  if (facts.validFromTs > nowMs) {
    findings.push(
      problem(CHECK, "The certificate is not valid yet.", "Is this machine's clock right?"),
    );
  }
  if (!facts.covers(host)) {
    findings.push(
      problem(
        CHECK,
        `The certificate is not for ${host}, where people open this server.`,
        `Get one for ${host}, or set server.public_url to the certificate's name.`,
      ),
    );
  }
  return findings.length > 0
    ? findings
    : [ok(CHECK, `The certificate is for ${host} and good until ${until}.`)];
}

function withoutCertificate(
  config: Pick<Config, "tls" | "server" | "listen" | "origins">,
): Finding {
  const { host, port } = listenAddress(config);
  const address = publicUrl(config, port);
  if (address.startsWith("https://")) {
    return ok(CHECK, `A proxy in front must speak HTTPS for ${address} and lead to port ${port}.`);
  }
  const local = ["127.0.0.1", "::1", "localhost"].includes(host);
  if (local) return ok(CHECK, "Plain HTTP, for this machine alone.");
  return problem(
    CHECK,
    "Plain HTTP for other machines: browsers refuse to log in there.",
    "Set tls.acme, tls.cert and tls.key, or put a proxy with HTTPS in front and set " +
      "server.public_url.",
  );
}
