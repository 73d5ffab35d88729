import type { Config } from "../config/config.ts";
import { serverName } from "../config/derived.ts";
import { mailServer } from "../config/mail_server.ts";
import { type Mailer, MailError } from "../services/mail/mailer.ts";

/**
 * The configured way to send mails; undefined where there is none. The library is loaded only then.
 * @throws MailError where the file of authorities cannot be read
 */
export async function openMailer(config: Config): Promise<Mailer | undefined> {
  const server = mailServer(config);
  if (server === undefined) return undefined;
  const { SmtpMailer } = await import("./smtp_mailer.ts");
  return new SmtpMailer(server, {
    heloName: serverName(config).replace(/:\d+$/, ""),
    ca: await readAuthorities(server.caFile),
  });
}

async function readAuthorities(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const { rootCertificates } = await import("node:tls");
  try {
    return [await Deno.readTextFile(path), ...rootCertificates].join("\n");
  } catch (error) {
    throw new MailError("encryption", `mail.ca: ${JSON.stringify(path)} cannot be read`, error);
  }
}
