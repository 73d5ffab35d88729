import { createTransport } from "nodemailer";
import type { MailServer } from "../config/mail_server.ts";
import { type Mail, type Mailer, MailError } from "../services/mail/mailer.ts";

/** A mail server that is silent for so long is not there. */
const CONNECT_MS = 20_000;
const GREETING_MS = 20_000;
/** Some look at a mail for a while before they take it. */
const ANSWER_MS = 60_000;

/** Sends over SMTP (RFC 5321, RFC 6409), a connection a mail. */
export class SmtpMailer implements Mailer {
  readonly #server: MailServer;
  readonly #transport: ReturnType<typeof connect>;

  /** `heloName` is what this server calls itself; `ca` the content of the PEM file. */
  constructor(
    server: MailServer,
    options: { readonly heloName: string; readonly ca: string | undefined },
  ) {
    this.#server = server;
    this.#transport = connect(server, options);
  }

  async send(mail: Mail): Promise<void> {
    try {
      await this.#transport.sendMail({
        from: this.#server.from,
        to: { name: "", address: mail.to },
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
        // RFC 3834: nobody's absence note shall answer it.
        headers: { "Auto-Submitted": "auto-generated", ...mail.headers },
      });
    } catch (error) {
      throw this.#explain(error);
    }
  }

  async verify(): Promise<void> {
    try {
      await this.#transport.verify();
    } catch (error) {
      throw this.#explain(error);
    }
  }

  #explain(error: unknown): MailError {
    const { host, port } = this.#server;
    const failure = error as NodemailerFailure;
    // Mail servers quote the recipient, who is nobody's business in a log.
    const said = failure.message.replace(/[^\s<>"']+@[^\s<>"']+/g, "…");
    return new MailError(
      kindOf(failure),
      `The mail server ${host}:${port} could not be used: ${said}`,
    );
  }
}

/** What the library's errors carry. */
interface NodemailerFailure extends Error {
  readonly code?: string;
  readonly responseCode?: number;
  readonly command?: string;
}

function kindOf(failure: NodemailerFailure): MailError["kind"] {
  const { code, responseCode, command, message } = failure;
  if (code === "EAUTH" || code === "ENOAUTH") return "login";
  // A certificate that nobody known vouches for is a plain failure of the socket to the library.
  const untrusted = code === "ESOCKET" && /certificate|self.signed|\b(TLS|SSL)\b/i.test(message);
  if (code === "ETLS" || untrusted) return "encryption";
  if (code === "EENVELOPE" || code === "EMESSAGE") {
    // Whom mails are from is the same for all of them: that is to be set right, not given up.
    const passing = responseCode !== undefined && responseCode < 500;
    return passing || command === "MAIL FROM" ? "later" : "refused";
  }
  return responseCode === undefined ? "unreachable" : "later";
}

function connect(
  { host, port, tls, login }: MailServer,
  { heloName, ca }: { readonly heloName: string; readonly ca: string | undefined },
) {
  return createTransport({
    host,
    port,
    name: heloName,
    secure: tls === "tls",
    requireTLS: tls === "starttls",
    ignoreTLS: tls === "none",
    tls: { minVersion: "TLSv1.2", ...(ca === undefined ? {} : { ca }) },
    ...(login === undefined ? {} : { auth: { user: login.user, pass: login.password.reveal() } }),
    connectionTimeout: CONNECT_MS,
    greetingTimeout: GREETING_MS,
    socketTimeout: ANSWER_MS,
    // Texts come from catalogues and names: nothing in them may reach a file or an address.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}
