import type { Config } from "../../config/config.ts";
import { mailServer } from "../../config/mail_server.ts";
import { openMailer } from "../../mail/open_mailer.ts";
import { MailError } from "../../services/mail/mailer.ts";
import { type Finding, ok, problem, reasonOf, warning } from "../finding.ts";

const CHECK = "mail";

const ADVICE: Readonly<Record<MailError["kind"], string>> = {
  unreachable:
    "Are mail.host and mail.port right, and does a firewall let this machine reach them? Many " +
    "providers close port 25 and leave 587 and 465 open.",
  encryption:
    "Does the mail server offer what mail.tls asks for, and is its certificate valid for " +
    "mail.host? An own authority is named in mail.ca; port 465 wants mail.tls: tls.",
  login: "Are mail.user and mail.password right? Many providers want a password made for programs.",
  later: "Look into the mail server's log.",
  refused: "Look into the mail server's log.",
};

/** Connected, encrypted as configured, and signed in; nothing is sent. */
export async function checkMail(config: Config): Promise<Finding[]> {
  const server = mailServer(config);
  if (server === undefined) {
    return [ok(CHECK, "No mail server is configured: forgotten passwords need an administrator.")];
  }
  const { host, port, tls, login } = server;
  try {
    const mailer = await openMailer(config);
    await mailer?.verify();
  } catch (error) {
    const advice = error instanceof MailError ? ADVICE[error.kind] : ADVICE.later;
    return [problem(CHECK, reasonOf(error), advice)];
  }
  const how = login === undefined ? "takes mails" : `takes the login of ${login.user}`;
  if (tls === "none" && !/^(localhost|127\.|::1$)/.test(host)) {
    return [
      warning(
        CHECK,
        `The mail server ${host}:${port} ${how}, but nothing is encrypted on the way there.`,
        "Set mail.tls to starttls or tls: links for new passwords go this way.",
      ),
    ];
  }
  const way = tls === "none" ? "on this machine, unencrypted" : "encrypted";
  return [ok(CHECK, `The mail server ${host}:${port} ${how}, ${way}.`)];
}
