import { isAbsolute, join } from "node:path";
import type { ConfigValues } from "./sections.ts";
import { Secret } from "./secret.ts";

const SUBMISSION_PORT = 587;
const SUBMISSIONS_PORT = 465;

/** How the mail server is reached, as configured. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** Undefined: nobody signs in. */
  readonly login: { readonly user: string; readonly password: Secret } | undefined;
  readonly tls: "starttls" | "tls" | "none";
  /** Whom mails are from, as a header says it. */
  readonly from: string;
  /** Absolute path of a PEM file. */
  readonly caFile: string | undefined;
}

/** Undefined where no mail server is configured. */
export function mailServer(
  config: Pick<ConfigValues, "mail"> & { readonly dataFolder: string },
): MailServer | undefined {
  const { mail } = config;
  if (mail.from === undefined || (mail.url ?? mail.host) === undefined) return undefined;
  const url = mail.url === undefined ? undefined : new URL(mail.url.reveal());
  const host = url?.hostname.replace(/^\[|\]$/g, "") ?? mail.host ?? "";
  const port = url === undefined ? mail.port : Number(url.port || 0);
  const implicit = port === SUBMISSIONS_PORT || url?.protocol === "smtps:";
  const tls = mail.tls === "auto" ? implicit ? "tls" : "starttls" : mail.tls;
  const user = url === undefined ? mail.user : decodeURIComponent(url.username) || undefined;
  const password = url === undefined ? mail.password : new Secret(decodeURIComponent(url.password));
  return {
    host,
    port: port === 0 ? (tls === "tls" ? SUBMISSIONS_PORT : SUBMISSION_PORT) : port,
    login: user === undefined || password === undefined ? undefined : { user, password },
    tls,
    from: mail.from,
    caFile: mail.ca === undefined || isAbsolute(mail.ca)
      ? mail.ca
      : join(config.dataFolder, mail.ca),
  };
}

/** What is wrong with the section, as sentences for the one who wrote it. */
export function mailProblems(
  { mail, accounts }: Pick<ConfigValues, "mail" | "accounts">,
): string[] {
  const problems: string[] = [];
  const parts = [mail.host, mail.user, mail.password].some((part) => part !== undefined);
  if (accounts.requireEmail && (mail.url ?? mail.host) === undefined) {
    problems.push("accounts.require_email needs a mail server in mail.host or mail.url");
  }
  if (mail.url !== undefined && (parts || mail.port !== 0)) {
    problems.push("mail.url says all of it: leave out mail.host, port, user and password");
  }
  if (mail.url !== undefined && !isMailUrl(mail.url.reveal())) {
    problems.push("mail.url must be like smtp://user:password@host:587 or smtps://host");
  }
  const configured = (mail.url ?? mail.host) !== undefined;
  if (configured && mail.from === undefined) {
    problems.push("mail.from is needed with a mail server: whom mails are from");
  }
  if (!configured && (parts || mail.from !== undefined)) {
    problems.push("mail.from, user and password need a mail server in mail.host or mail.url");
  }
  if (
    mail.from !== undefined && !/^[^<>\p{Cc}]*(<[^\s<>@]+@[^\s<>@]+>|@[^\s<>@]+)$/u.test(mail.from)
  ) {
    problems.push(
      `mail.from is ${JSON.stringify(mail.from)}: it must be an address, or Name <address>`,
    );
  }
  if ((mail.user === undefined) !== (mail.password === undefined)) {
    problems.push("mail.user and mail.password belong together: set both or neither");
  }
  return problems;
}

function isMailUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^smtps?:$/.test(url.protocol) && url.hostname !== "" &&
    (url.username === "") === (url.password === "");
}
