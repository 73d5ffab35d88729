import { OperationError } from "../../../core/errors.ts";
import { localpartOf, parseTypedUserId, type UserId, userIdOf } from "../../../core/ids/user_id.ts";
import type { ServerName } from "../../../core/ids/server_name.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { Rng } from "../../../core/ports/rng.ts";
import type { MailAbout } from "../../../ui/lib/mail/mail_parts.ts";
import type { Sql } from "../../postgres/sql.ts";
import { makeMailedResetLink } from "../accounts/one_time_link.ts";
import { EMAIL_LINK_MS } from "../accounts/own_email.ts";
import { newSecret } from "../accounts/secret.ts";
import type { Throttle } from "../accounts/throttle.ts";
import { ACCOUNTS_PER_ADDRESS } from "../accounts/verify_email.ts";
import type { Mail } from "./mailer.ts";
import type { DueMail } from "./mail_jobs.ts";

export interface PrepareDeps {
  readonly sql: Sql;
  readonly clock: Pick<Clock, "now">;
  readonly rng: Rng;
  readonly serverName: ServerName;
  readonly publicUrl: string;
  readonly throttle: Pick<Throttle, "take">;
}

interface Prepared {
  readonly to: string;
  readonly about: MailAbout;
  readonly headers?: Mail["headers"];
  /** Where it is not that of the queue's row. */
  readonly language?: string;
}

/**
 * What a queued mail says. Its links are made here and stand nowhere but in the mail; one that is
 * sent again has others. Undefined where what it was about is gone.
 */
export async function prepareMail(deps: PrepareDeps, due: DueMail): Promise<Mail | undefined> {
  const prepared = await prepare(deps, due);
  if (prepared === undefined) return undefined;
  // Only a server that sends mails needs the texts and what draws them.
  const { renderMail } = await import("../../../ui/lib/mail/render_mail.tsx");
  return {
    to: prepared.to,
    ...renderMail(prepared.about, {
      server: deps.serverName,
      publicUrl: deps.publicUrl,
      language: prepared.language ?? due.language,
    }),
    headers: {
      // A mail that is sent again after a crash is the same one.
      "Message-ID": `<${due.id}.${due.kind}@${deps.serverName.split(":")[0]}>`,
      ...prepared.headers,
    },
  };
}

function prepare(deps: PrepareDeps, due: DueMail): Promise<Prepared | undefined> {
  switch (due.kind) {
    case "verify_address":
      return addressLink(deps, due.about["user_id"] as UserId);
    case "verify_registration":
      return registrationLink(deps, String(due.about["registration_id"]));
    case "reset_password":
      return resetLinks(deps, due);
    case "digest":
      return digest(deps, due);
    default:
      return Promise.resolve(news(deps, due));
  }
}

/** What happened, told to a known address. */
function news(deps: PrepareDeps, due: DueMail): Prepared | undefined {
  if (due.recipient === null) return undefined;
  const about = newsOf(deps, due);
  return about === undefined ? undefined : { to: due.recipient, about };
}

function newsOf({ publicUrl }: PrepareDeps, { kind, about }: DueMail): MailAbout | undefined {
  const userName = "user_id" in about
    ? localpartOf(about["user_id"] as UserId)
    : String(about["user_name"]);
  switch (kind) {
    case "address_changed":
      return { kind, userName, now: about["now"] as string | null };
    case "password_changed":
      return { kind, userName, url: `${publicUrl}/forgot` };
    case "registration_waiting":
      return { kind, url: `${publicUrl}/admin/registrations` };
    case "registration_approved": {
      const { invite } = about;
      const next = typeof invite === "string"
        ? `?next=${encodeURIComponent(`/invite/${invite}`)}`
        : "";
      return { kind, userName, url: `${publicUrl}/login${next}` };
    }
    case "export_ready":
      return { kind, userName, url: `${publicUrl}/settings/data` };
    case "registration_refused":
      return { kind, userName, reason: about["reason"] as string | null };
    default:
      return undefined;
  }
}

/** What waited as it was queued; nothing where such mails have ended, or go elsewhere, meanwhile. */
async function digest(
  { sql, publicUrl }: PrepareDeps,
  due: DueMail,
): Promise<Prepared | undefined> {
  const { user_id: userId, stop, every, waiting } = due.about;
  const [wanted] = await sql`
    select 1 from digests join email_addresses using (user_id)
    where stop_token = ${String(stop)} and address = ${due.recipient}`;
  if (wanted === undefined || due.recipient === null) return undefined;
  const stopUrl = `${publicUrl}/email/stop/${String(stop)}`;
  return {
    to: due.recipient,
    about: {
      kind: "digest",
      userName: localpartOf(userId as UserId),
      every: every as "day" | "week",
      waiting: JSON.parse(String(waiting)),
      url: `${publicUrl}/home`,
      settingsUrl: `${publicUrl}/settings/notifications`,
      stopUrl,
    },
    // RFC 2369 and RFC 8058: mail programs show a button that ends them.
    headers: {
      "List-Unsubscribe": `<${stopUrl}>`,
      "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    },
  };
}

async function registrationLink(
  { sql, clock, rng, publicUrl }: PrepareDeps,
  id: string,
): Promise<Prepared | undefined> {
  const secret = newSecret(rng, "link");
  const nowMs = clock.now();
  const [row] = await sql<{ address: string; local: string }[]>`
    update registrations set token_hash = ${secret.hash}, expires_ts = ${nowMs + EMAIL_LINK_MS}
    where registration_id = ${id} and expires_ts > ${nowMs} and address is not null
      and email_verified_ts is null
    returning address, local`;
  if (row === undefined) return undefined;
  const url = `${publicUrl}/email/${secret.text}`;
  return { to: row.address, about: { kind: "verify_registration", userName: row.local, url } };
}

async function addressLink(
  { sql, clock, rng, publicUrl }: PrepareDeps,
  userId: UserId,
): Promise<Prepared | undefined> {
  const secret = newSecret(rng, "link");
  const nowMs = clock.now();
  const [claim] = await sql<{ address: string; language: string }[]>`
    update email_claims set token_hash = ${secret.hash}, expires_ts = ${nowMs + EMAIL_LINK_MS}
    where user_id = ${userId} and expires_ts > ${nowMs}
    returning address, language`;
  if (claim === undefined) return undefined;
  return {
    to: claim.address,
    language: claim.language,
    about: {
      kind: "verify_address",
      userName: localpartOf(userId),
      url: `${publicUrl}/email/${secret.text}`,
    },
  };
}

interface Account {
  user_id: UserId;
  address: string;
  language: string | null;
}

/** A link for each account of an address, or the one of a name; they go where the account says. */
async function resetLinks(
  deps: PrepareDeps,
  due: DueMail,
): Promise<Prepared | undefined> {
  const who = String(due.about["who"]);
  const accounts: Account[] = [];
  for (const account of await accountsOf(deps, who)) {
    // A mail that is sent again was counted when it was tried first.
    if (due.tries > 1 || await mayReset(deps, account.user_id)) accounts.push(account);
  }
  const [first] = accounts;
  if (first === undefined) return undefined;
  const nowMs = deps.clock.now();
  const links = await deps.sql.begin(async (tx) => {
    const made = [];
    for (const { user_id: userId } of accounts) {
      const url = await makeMailedResetLink(tx, { ...deps, nowMs }, userId);
      made.push({ userName: localpartOf(userId), url });
    }
    return made;
  });
  const about: MailAbout = { kind: "reset_password", links };
  return { to: first.address, about, ...(first.language ? { language: first.language } : {}) };
}

async function accountsOf({ sql, serverName }: PrepareDeps, who: string): Promise<Account[]> {
  const named = who.startsWith("@") ? parseTypedUserId(who) : userIdOf(who, serverName);
  return await sql<Account[]>`
    select user_id, e.address, u.language from email_addresses e join users u using (user_id)
    where ${
    named === undefined ? sql`e.folded = ${who}` : sql`user_id = ${named}`
  } and u.state not in ('deactivated', 'locked')
    order by user_id limit ${ACCOUNTS_PER_ADDRESS}`;
}

/** Whoever asks, under whatever name: one account is sent few links. */
async function mayReset({ throttle }: PrepareDeps, userId: UserId): Promise<boolean> {
  try {
    await throttle.take("links were sent", [{ policy: "resetAccount", who: userId }]);
    return true;
  } catch (error) {
    if (error instanceof OperationError && error.code === "rate_limited") return false;
    throw error;
  }
}
