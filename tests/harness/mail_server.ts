import { SMTPServer } from "smtp-server";
import { freePort } from "../../scripts/lib/free_port.ts";
import { selfSigned } from "./self_signed.ts";
import { waitFor } from "./wait_for.ts";

/** A mail as it came over the wire. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** Headers and body, undecoded. */
  readonly raw: string;
  /** The plain text of it, decoded. */
  readonly text: string;
  readonly encrypted: boolean;
  readonly user: string | undefined;
}

export interface TestMailServer extends AsyncDisposable {
  readonly port: number;
  readonly mails: readonly ReceivedMail[];
  /** PEM of the certificate, which vouches for itself. */
  readonly ca: string;
  /** The newest mail to an address, waiting for it; `after`: how many there were before. */
  mailTo(address: string, after?: number): Promise<ReceivedMail>;
  /** What it answers to a recipient; undefined takes it. */
  refuse: ((address: string) => { code: number; text: string } | undefined) | undefined;
}

export interface MailServerOptions {
  /** Who may sign in; nobody needs to where it is absent. */
  readonly login?: { readonly user: string; readonly password: string };
  /** `none` offers no STARTTLS at all. */
  readonly tls?: "starttls" | "tls" | "none";
  readonly port?: number;
}

/** A mail server on loopback that keeps what it is given. */
export async function startMailServer(options: MailServerOptions = {}): Promise<TestMailServer> {
  const { login, tls = "none" } = options;
  const { cert, key } = await selfSigned({ name: "localhost", days: 2 });
  const mails: ReceivedMail[] = [];
  const state: Pick<TestMailServer, "refuse"> = { refuse: undefined };
  const server = new SMTPServer({
    key,
    cert,
    secure: tls === "tls",
    authOptional: login === undefined,
    disabledCommands: [
      ...(tls === "none" ? ["STARTTLS"] : []),
      ...(login === undefined ? ["AUTH"] : []),
    ],
    allowInsecureAuth: false,
    disableReverseLookup: true,
    onAuth: ({ username, password }, _session, done) =>
      username === login?.user && password === login?.password
        ? done(null, { user: username })
        : done(new Error("That is not the password.")),
    onRcptTo: ({ address }, _session, done) => {
      const refusal = state.refuse?.(address);
      if (refusal === undefined) return done();
      done(Object.assign(new Error(refusal.text), { responseCode: refusal.code }));
    },
    onData: (stream, session, done) => {
      const chunks: Uint8Array[] = [];
      stream.on("data", (chunk: Uint8Array) => chunks.push(chunk));
      stream.on("end", () => {
        const raw = new TextDecoder().decode(join(chunks));
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          raw,
          text: plainPart(raw),
          encrypted: session.secure === true,
          user: session.user as string | undefined,
        });
        done();
      });
    },
  });
  const port = options.port ?? freePort();
  await new Promise<void>((resolve, reject) => {
    server.on("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  // A client that goes away in the middle is what tests do; it ends no test by itself.
  server.removeAllListeners("error").on("error", () => {});
  return {
    port,
    mails,
    ca: cert,
    get refuse() {
      return state.refuse;
    },
    set refuse(refuse) {
      state.refuse = refuse;
    },
    mailTo: (address, after = 0) =>
      waitFor(`a mail to ${address}`, () => {
        const found = mails.filter(({ to }) => to.includes(address));
        return Promise.resolve(found.length > after ? found.at(-1) : undefined);
      }),
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** The links in a mail, as somebody who reads it would open them. */
export function linksIn(mail: ReceivedMail): string[] {
  return mail.text.match(/https?:\/\/\S+/g) ?? [];
}

function join(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** The first text part of a mail, out of its transfer encoding (RFC 2045). */
function plainPart(raw: string): string {
  const start = raw.indexOf("Content-Type: text/plain");
  const head = raw.slice(start, raw.indexOf("\r\n\r\n", start));
  const rest = raw.slice(raw.indexOf("\r\n\r\n", start) + 4);
  const end = rest.indexOf("\r\n----_NmP");
  const body = end < 0 ? rest : rest.slice(0, end);
  if (/base64/i.test(head)) {
    const bytes = Uint8Array.from(atob(body.replace(/\s/g, "")), (c) => c.charCodeAt(0));
    return new TextDecoder().decode(bytes);
  }
  if (!/quoted-printable/i.test(head)) return body;
  const bytes = body.replace(/=\r\n/g, "").replace(
    /=([0-9A-F]{2})/g,
    (_, hex) => String.fromCharCode(parseInt(hex, 16)),
  );
  return new TextDecoder().decode(Uint8Array.from(bytes, (c) => c.charCodeAt(0)));
}
