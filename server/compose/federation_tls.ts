import type { ServerName } from "../../core/ids/server_name.ts";
import type { Config } from "../config/config.ts";
import { mutualTlsFiles } from "../config/federation_peers.ts";
import type { MutualTls } from "../federation/http_client.ts";
import { MutualPeers } from "../federation/mutual_peers.ts";

/** Certificates that matter between servers. */
export interface FederationTls {
  readonly extraCa: readonly string[];
  /** For our requests. */
  readonly mutual: ReadonlyMap<ServerName, MutualTls>;
  /** For requests to us. */
  readonly peers: MutualPeers;
  /** What the listener asks visitors for. */
  readonly clientAuthorities: readonly string[];
}

/** Reads every certificate that the configuration names for other servers. */
export async function readFederationTls(
  config: Pick<Config, "federation">,
): Promise<FederationTls> {
  const { extraCa, clientCert, clientKey } = config.federation;
  const files = new Map<ServerName, string>();
  for (const [server, path] of mutualTlsFiles(config.federation)) {
    files.set(server, await readPem(path, "mutual_tls"));
  }
  const mutual = new Map<ServerName, MutualTls>();
  if (clientCert !== undefined && clientKey !== undefined) {
    const cert = await readPem(clientCert, "client_cert");
    const key = await readPem(clientKey, "client_key");
    for (const [server, ca] of files) mutual.set(server, { ca, cert, key });
  }
  return {
    extraCa: extraCa === undefined ? [] : [await readPem(extraCa, "extra_ca")],
    mutual,
    peers: new MutualPeers(files),
    clientAuthorities: [...files.values()],
  };
}

async function readPem(path: string, setting: string): Promise<string> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (cause) {
    throw new Error(
      `The file of federation.${setting}, ${JSON.stringify(path)}, cannot be read: name a file ` +
        "in PEM that the server's user may read.",
      { cause },
    );
  }
  if (text.includes("-----BEGIN ")) return text;
  throw new Error(`The file of federation.${setting}, ${JSON.stringify(path)}, is not PEM.`);
}
