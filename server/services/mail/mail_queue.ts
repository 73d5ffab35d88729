import { OperationError } from "../../../core/errors.ts";
import type { Queryable } from "../../postgres/sql.ts";

/** What a mail is about: what `prepare_mail.ts` makes a text of when it is sent. */
export type MailKind =
  | "verify_address"
  | "address_changed"
  | "password_changed"
  | "reset_password"
  | "verify_registration"
  | "registration_waiting"
  | "registration_approved"
  | "registration_refused"
  | "export_ready"
  | "digest";

/** Mails that may wait at once: a mail server that is away for a day loses none of a usual server. */
const WAITING_MAX = 10_000;

/** Somebody waits for it now: after this time they have asked again, or found another way. */
export const AWAITED_MS = 3 * 3_600_000;
/** What people should know whenever it comes. */
export const NEWS_MS = 3 * 86_400_000;

export interface QueuedMail {
  readonly kind: MailKind;
  /** null: where `about` leads when it is sent. */
  readonly recipient: string | null;
  /** Code of a language of the pages. */
  readonly language: string;
  readonly about: Readonly<Record<string, string | number | null>>;
  readonly nowMs: number;
  /** How long it is of use, ms. */
  readonly usefulMs: number;
}

/** Puts a mail into the queue, in the caller's transaction; false where the queue is full. */
export async function queueMail(sql: Queryable, mail: QueuedMail): Promise<boolean> {
  const { kind, recipient, language, about, nowMs, usefulMs } = mail;
  const made = await sql`
    insert into outgoing_mails
      (kind, recipient, language, about, created_ts, expires_ts, next_try_ts)
    select ${kind}, ${recipient}, ${language}, ${sql.json(about)}, ${nowMs}::bigint,
      ${nowMs + usefulMs}::bigint, ${nowMs}::bigint
    where (select count(*) from outgoing_mails) < ${WAITING_MAX}`;
  return made.count > 0;
}

/** Puts a mail that somebody asked for into the queue. @throws OperationError `unavailable` */
export async function queueAwaitedMail(
  sql: Queryable,
  mail: Omit<QueuedMail, "usefulMs">,
): Promise<void> {
  if (await queueMail(sql, { ...mail, usefulMs: AWAITED_MS })) return;
  throw new OperationError(
    "unavailable",
    "Too many mails wait to be sent from this server, so that none was added. Try again later.",
  );
}

/**
 * Tells an account's address, where it has one, what happened to the account; nothing where it has
 * none. False where the queue is full: mostly that loses it, being a courtesy and no condition.
 */
export async function queueNews(
  sql: Queryable,
  news: {
    readonly kind: MailKind;
    readonly userId: string;
    readonly nowMs: number;
    readonly about?: QueuedMail["about"];
    readonly usefulMs?: number;
  },
): Promise<boolean> {
  const { kind, userId, nowMs, about, usefulMs = NEWS_MS } = news;
  const [row] = await sql<{ address: string; language: string }[]>`
    select e.address, coalesce(u.language, e.language) as language
    from email_addresses e join users u using (user_id) where user_id = ${userId}`;
  if (row === undefined) return true;
  return await queueMail(sql, {
    kind,
    recipient: row.address,
    language: row.language,
    about: { user_id: userId, ...about },
    nowMs,
    usefulMs,
  });
}
