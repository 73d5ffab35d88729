import type { Config } from "../../config/config.ts";
import { mailServer } from "../../config/mail_server.ts";
import { openMailer } from "../../mail/open_mailer.ts";
import { MailError } from "../../services/mail/mailer.ts";
import { type Advice, type Finding, ok, problem, reasonOf, warning } from "../finding.ts";

const CHECK = "mail";

const ADVICE: Readonly<Record<MailError["kind"], Advice>> = {
  unreachable: "mail.unreachable",
  encryption: "mail.encryption",
  login: "mail.login",
  later: "mail.later",
  refused: "mail.later",
};

/** Connected, encrypted as configured, and signed in; nothing is sent. */
export async function checkMail(config: Config): Promise<Finding[]> {
  const server = mailServer(config);
  if (server === undefined) {
    return [ok(CHECK, "mail.none")];
  }
  const { host, port, tls, login } = server;
  try {
    const mailer = await openMailer(config);
    await mailer?.verify();
  } catch (error) {
    const advice = error instanceof MailError ? ADVICE[error.kind] : ADVICE.later;
    return [problem(CHECK, ["mail.failed", advice], { reason: reasonOf(error) })];
  }
  const values = {
    host,
    port: String(port),
    login: login === undefined ? "no" : "yes",
    user: login?.user ?? "",
  };
  if (tls === "none" && !/^(localhost|127\.|::1$)/.test(host)) {
    return [warning(CHECK, ["mail.plain", "mail.encrypt"], values)];
  }
  return [ok(CHECK, "mail.good", { ...values, way: tls === "none" ? "local" : "encrypted" })];
}
