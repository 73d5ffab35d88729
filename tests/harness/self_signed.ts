import { tempFolder } from "./temp_folder.ts";

/** A certificate for a name and 127.0.0.1 that vouches for itself, made by openssl. */
export async function selfSigned(
  options: { readonly name: string; readonly days: number },
): Promise<{ cert: string; key: string }> {
  await using folder = await tempFolder();
  const output = await new Deno.Command("openssl", {
    args: [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
      ...["-keyout", `${folder.path}/key.pem`, "-out", `${folder.path}/cert.pem`],
      ...["-days", String(options.days), "-subj", `/CN=${options.name}`],
      ...["-addext", `subjectAltName=DNS:${options.name},IP:127.0.0.1`],
      ...["-addext", "basicConstraints=critical,CA:FALSE"],
    ],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!output.success) {
    throw new Error(`openssl failed: ${new TextDecoder().decode(output.stderr)}`);
  }
  return {
    cert: await Deno.readTextFile(`${folder.path}/cert.pem`),
    key: await Deno.readTextFile(`${folder.path}/key.pem`),
  };
}
