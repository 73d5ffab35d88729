import { freePort } from "../../scripts/lib/free_port.ts";
import { tempFolder } from "./temp_folder.ts";
import { waitFor } from "./wait_for.ts";
import { selfSigned } from "./self_signed.ts";

/** A running ACME authority that asks for proof like a public one. */
export interface Pebble extends AsyncDisposable {
  readonly directoryUrl: string;
  /** PEM of the certificate that its own address has. */
  readonly authorityPem: string;
  /** Where it looks for HTTP-01 answers instead of port 80. */
  readonly httpPort: number;
}

/** Starts Debian's pebble; every name leads to 127.0.0.1 for it. */
export async function startPebble(
  options: { readonly validitySeconds?: number } = {},
): Promise<Pebble> {
  const folder = await tempFolder();
  const [acmePort, managementPort, httpPort, tlsPort, dnsPort, dnsControl] = Array.from(
    { length: 6 },
    freePort,
  );
  const { cert, key } = await selfSigned({ name: "localhost", days: 1 });
  await Deno.writeTextFile(`${folder.path}/cert.pem`, cert);
  await Deno.writeTextFile(`${folder.path}/key.pem`, key);
  await Deno.writeTextFile(
    `${folder.path}/config.json`,
    JSON.stringify({
      pebble: {
        listenAddress: `127.0.0.1:${acmePort}`,
        managementListenAddress: `127.0.0.1:${managementPort}`,
        certificate: `${folder.path}/cert.pem`,
        privateKey: `${folder.path}/key.pem`,
        httpPort,
        tlsPort,
        ocspResponderURL: "",
        externalAccountBindingRequired: false,
        ...(options.validitySeconds === undefined
          ? {}
          : { certificateValidityPeriod: options.validitySeconds }),
      },
    }),
  );
  const dns = spawn("pebble-challtestsrv", [
    ...["-defaultIPv4", "127.0.0.1", "-defaultIPv6", ""],
    ...["-dns01", `127.0.0.1:${dnsPort}`, "-management", `127.0.0.1:${dnsControl}`],
    ...["-http01", "", "-https01", "", "-tlsalpn01", ""],
  ], {});
  const server = spawn(
    "pebble",
    ["-config", `${folder.path}/config.json`, "-dnsserver", `127.0.0.1:${dnsPort}`, "-strict"],
    { PEBBLE_VA_NOSLEEP: "1", PEBBLE_WFE_NONCEREJECT: "5" },
  );
  const directoryUrl = `https://localhost:${acmePort}/dir`;
  const client = Deno.createHttpClient({ caCerts: [cert] });
  try {
    await waitFor("pebble to answer", async () => {
      try {
        const answer = await fetch(directoryUrl, { client });
        await answer.body?.cancel();
        return answer.ok || undefined;
      } catch {
        return undefined;
      }
    });
  } finally {
    client.close();
  }
  return {
    directoryUrl,
    authorityPem: cert,
    httpPort: httpPort ?? 0,
    async [Symbol.asyncDispose]() {
      for (const child of [server, dns]) {
        child.kill("SIGKILL");
        await child.status;
      }
      await folder[Symbol.asyncDispose]();
    },
  };
}

function spawn(program: string, args: string[], env: Record<string, string>): Deno.ChildProcess {
  return new Deno.Command(program, {
    args,
    env,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
}
