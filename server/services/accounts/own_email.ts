import type { OwnEmail } from "../../../core/api/email.ts";
import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Queryable, Tx } from "../../postgres/sql.ts";
import { queueAwaitedMail, queueNews } from "../mail/mail_queue.ts";
import type { AccountDeps } from "./deps.ts";

/** The link of a mail is good for so long. */
export const EMAIL_LINK_MS = 24 * 3_600_000;
const ENGLISH = "en";

type EmailDeps = Pick<AccountDeps, "sql" | "clock">;

/** What an address is found by. Mail servers tell `Alice@` from `alice@` in theory alone. */
export function foldAddress(address: string): string {
  return address.trim().normalize("NFC").toLowerCase();
}

export async function getOwnEmail({ sql, clock }: EmailDeps, userId: UserId): Promise<OwnEmail> {
  const [held] = await sql<{ address: string; verified_ts: number }[]>`
    select address, verified_ts from email_addresses where user_id = ${userId}`;
  const [waiting] = await sql<{ address: string; expires_ts: number }[]>`
    select address, expires_ts from email_claims
    where user_id = ${userId} and expires_ts > ${clock.now()}`;
  return {
    address: held?.address ?? null,
    verified_ts: held?.verified_ts ?? null,
    waiting: waiting === undefined ? null : { ...waiting },
  };
}

/**
 * Notes the address and queues a mail with a link there; the former address stays until the link
 * was opened. The same address again: another mail, whose link ends the former one.
 * @throws OperationError `rate_limited`, `unavailable`
 */
export async function claimEmail(
  deps: EmailDeps & Pick<AccountDeps, "throttle" | "mail">,
  input: { readonly userId: UserId; readonly address: string; readonly language?: string },
): Promise<OwnEmail> {
  const mail = requireMail(deps);
  const { userId, address } = input;
  const folded = foldAddress(address);
  // Nobody's mailbox is filled from here, whoever asks for it.
  await deps.throttle.take("mails were asked for", [
    { policy: "mailAccount", who: userId },
    { policy: "mailAddress", who: folded },
  ]);
  const nowMs = deps.clock.now();
  await deps.sql.begin(async (tx) => {
    const language = await languageOf(tx, userId) ?? input.language ?? ENGLISH;
    await tx`
      insert into email_claims (user_id, address, folded, language, created_ts, expires_ts)
      values (${userId}, ${address}, ${folded}, ${language}, ${nowMs}, ${nowMs + EMAIL_LINK_MS})
      on conflict (user_id) do update set address = excluded.address, folded = excluded.folded,
        language = excluded.language, token_hash = null, created_ts = excluded.created_ts,
        expires_ts = excluded.expires_ts`;
    await queueAwaitedMail(tx, {
      kind: "verify_address",
      recipient: null,
      language,
      about: { user_id: userId },
      nowMs,
    });
  });
  mail.wake();
  return await getOwnEmail(deps, userId);
}

/** Takes the address off the account, tells it so, and forgets the one that waits. */
export async function removeEmail(
  deps: EmailDeps & Pick<AccountDeps, "mail">,
  userId: UserId,
): Promise<OwnEmail> {
  const nowMs = deps.clock.now();
  await deps.sql.begin(async (tx) => {
    await queueNews(tx, { kind: "address_changed", userId, nowMs, about: { now: null } });
    await forgetEmail(tx, userId);
  });
  deps.mail?.wake();
  return await getOwnEmail(deps, userId);
}

export async function dropEmailClaim(deps: EmailDeps, userId: UserId): Promise<OwnEmail> {
  await deps.sql`delete from email_claims where user_id = ${userId}`;
  return await getOwnEmail(deps, userId);
}

/** Deletes what is known of a user's addresses, and the wish for mails there. */
export async function forgetEmail(tx: Tx, userId: string): Promise<void> {
  await tx`delete from email_addresses where user_id = ${userId}`;
  await tx`delete from email_claims where user_id = ${userId}`;
  await tx`delete from digests where user_id = ${userId}`;
}

/** @throws OperationError `unavailable` where this server sends no mail */
export function requireMail(
  deps: Pick<AccountDeps, "mail">,
): NonNullable<AccountDeps["mail"]> {
  if (deps.mail !== undefined) return deps.mail;
  throw new OperationError(
    "unavailable",
    "This server sends no mail: its administrators have set up no mail server.",
  );
}

/** The language that the account has chosen. */
async function languageOf(sql: Queryable, userId: string): Promise<string | null> {
  const [row] = await sql<{ language: string | null }[]>`
    select language from users where user_id = ${userId}`;
  return row?.language ?? null;
}
