import assert from "node:assert/strict";
import { join } from "node:path";
import { getKeys } from "../../core/api/federation/people.ts";
import { parseServerName, type ServerName } from "../../core/ids/server_name.ts";
import { TransportError } from "../../federation/ports.ts";
import { type FederatedServer, startServers } from "../harness/federated.ts";
import { selfSigned } from "../harness/self_signed.ts";
import { tempFolder } from "../harness/temp_folder.ts";

/** Certificate and key of a name, as files. */
async function certified(folder: string, name: string) {
  const { cert, key } = await selfSigned({ name, days: 2 });
  const files = { cert: join(folder, `${name}.cert.pem`), key: join(folder, `${name}.key.pem`) };
  await Deno.writeTextFile(files.cert, cert);
  await Deno.writeTextFile(files.key, key);
  return { ...files, text: cert };
}

async function ask(from: FederatedServer, to: string): Promise<string> {
  try {
    await from.parts.federation?.transport.call(parseServerName(to) as ServerName, getKeys, {
      names: [],
    });
    return "answered";
  } catch (error) {
    assert.ok(error instanceof TransportError, String(error));
    return error.details.code === undefined ? error.kind : `${error.kind} ${error.details.code}`;
  }
}

Deno.test("over TLS: who trusts the other's authority is answered, who does not says nothing", async () => {
  await using folder = await tempFolder();
  const certificates = await Promise.all(
    ["one.test", "two.test"].map((name) => certified(folder.path, name)),
  );
  const ca = join(folder.path, "ca.pem");
  await Deno.writeTextFile(ca, certificates.map(({ text }) => text).join("\n"));
  await using federation = await startServers(2, {
    scheme: "https",
    settingsOf: (at) => ({
      "tls.cert": certificates[at]?.cert as string,
      "tls.key": certificates[at]?.key as string,
      "tls.redirect_port": "0",
      // Two trusts the authority of nobody but the runtime's.
      ...(at === 0 ? { "federation.extra_ca": ca } : {}),
    }),
  });
  const [one, two] = federation.servers as [FederatedServer, FederatedServer];
  assert.equal(await ask(two, "one.test"), "tls");
  // One is let in by TLS; two cannot fetch its key to verify who it is.
  assert.equal(await ask(one, "two.test"), "server_error unauthorized");
});

Deno.test("mutual TLS: a named peer must show the agreed certificate; others go on without", async () => {
  await using folder = await tempFolder();
  const names = ["one.test", "two.test", "three.test"];
  const certificates = await Promise.all(names.map((name) => certified(folder.path, name)));
  const other = await certified(folder.path, "other.test");
  const ca = join(folder.path, "ca.pem");
  await Deno.writeTextFile(ca, certificates.map(({ text }) => text).join("\n"));
  const [first, second, third] = certificates as [typeof other, typeof other, typeof other];
  /** Whom each server expects to show which certificate, and what it shows itself. */
  const agreed: Record<string, string>[] = [
    { "federation.mutual_tls": `two.test=${second.cert},three.test=${third.cert}` },
    { "federation.mutual_tls": `one.test=${first.cert}` },
    {},
  ];
  const shown = [first, second, other];
  await using federation = await startServers(3, {
    scheme: "https",
    settingsOf: (at) => ({
      "tls.cert": certificates[at]?.cert as string,
      "tls.key": certificates[at]?.key as string,
      "tls.redirect_port": "0",
      "federation.extra_ca": ca,
      "federation.client_cert": shown[at]?.cert as string,
      "federation.client_key": shown[at]?.key as string,
      ...agreed[at],
    }),
  });
  const [one, two, three] = federation.servers as [
    FederatedServer,
    FederatedServer,
    FederatedServer,
  ];
  assert.equal(await ask(one, "two.test"), "answered");
  assert.equal(await ask(two, "one.test"), "answered");
  // Three shows none to one, which expects its certificate.
  assert.equal(await ask(three, "one.test"), "server_error unauthorized");
  assert.equal(await ask(one, "three.test"), "answered");
  assert.equal(await ask(three, "two.test"), "answered");
});

Deno.test("mutual TLS: a certificate of somebody else, though of a known authority, is refused", async () => {
  await using folder = await tempFolder();
  const names = ["one.test", "two.test"];
  const certificates = await Promise.all(names.map((name) => certified(folder.path, name)));
  const [first, second] = certificates as [
    Awaited<ReturnType<typeof certified>>,
    Awaited<ReturnType<typeof certified>>,
  ];
  const ca = join(folder.path, "ca.pem");
  await Deno.writeTextFile(ca, `${first.text}\n${second.text}`);
  await using federation = await startServers(2, {
    scheme: "https",
    settingsOf: (at) => ({
      "tls.cert": certificates[at]?.cert as string,
      "tls.key": certificates[at]?.key as string,
      "tls.redirect_port": "0",
      "federation.extra_ca": ca,
      // Two shows the certificate that was agreed with a third server, not its own.
      "federation.client_cert": first.cert,
      "federation.client_key": first.key,
      "federation.mutual_tls": at === 0
        ? `two.test=${second.cert},elsewhere.test=${first.cert}`
        : `one.test=${first.cert}`,
    }),
  });
  const [one, two] = federation.servers as [FederatedServer, FederatedServer];
  assert.equal(await ask(two, "one.test"), "server_error unauthorized");
  assert.equal(await ask(one, "two.test"), "answered");
});
