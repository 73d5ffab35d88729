import type { Digest, DigestChoice } from "../../../core/api/digest.ts";
import { OperationError } from "../../../core/errors.ts";
import { localpartOf, type UserId } from "../../../core/ids/user_id.ts";
import { nextDigest } from "../../../core/rules/digest_time.ts";
import type { AccountDeps } from "../accounts/deps.ts";
import { requireMail } from "../accounts/own_email.ts";
import { addressKey } from "../../http/rate_limit.ts";

const TOKEN_BYTES = 24;

type DigestDeps = Pick<AccountDeps, "sql" | "clock">;

/** Whether the account gets mails about what waits for it. */
export async function getDigest({ sql }: DigestDeps, userId: UserId): Promise<Digest> {
  const [held] = await sql<(DigestChoice & { next_ts: number })[]>`
    select every, weekday, hour, zone, next_ts from digests where user_id = ${userId}`;
  const [email] = await sql<{ address: string }[]>`
    select address from email_addresses where user_id = ${userId}`;
  const { next_ts = null, ...choice } = held ?? {};
  return {
    choice: held === undefined ? null : choice as DigestChoice,
    next_ts,
    address: email?.address ?? null,
  };
}

/**
 * Begins, changes or ends them. What came before they were chosen is never told.
 * @throws OperationError `conflict` without a confirmed address, `unavailable` without a mail server
 */
export async function setDigest(
  deps: DigestDeps & Pick<AccountDeps, "rng" | "mail">,
  userId: UserId,
  choice: DigestChoice | null,
): Promise<Digest> {
  const { sql, clock, rng } = deps;
  if (choice === null) {
    await sql`delete from digests where user_id = ${userId}`;
    return await getDigest(deps, userId);
  }
  requireMail(deps);
  const nowMs = clock.now();
  const { every, weekday, hour, zone } = choice;
  const kept = await sql`
    insert into digests (user_id, every, weekday, hour, zone, stop_token, told_ts, next_ts)
    select ${userId}, ${every}, ${weekday}, ${hour}, ${zone}, ${rng.bytes(TOKEN_BYTES).toHex()},
      ${nowMs}::bigint, ${nextDigest(choice, nowMs)}::bigint
    from email_addresses where user_id = ${userId}
    on conflict (user_id) do update set every = excluded.every, weekday = excluded.weekday,
      hour = excluded.hour, zone = excluded.zone, next_ts = excluded.next_ts`;
  if (kept.count === 0) {
    throw new OperationError(
      "conflict",
      "This account has no confirmed mail address that could be written to: add one first.",
    );
  }
  return await getDigest(deps, userId);
}

/** Whose mails a link ends. @throws OperationError `not_found`, `rate_limited` */
export async function lookAtDigestStop(
  { sql, throttle }: Pick<AccountDeps, "sql" | "throttle">,
  { token, address }: { readonly token: string; readonly address: string },
): Promise<{ user_name: string }> {
  await throttle.take("links were opened from here", [
    { policy: "lookupAddress", who: addressKey(address) },
  ]);
  const [row] = await sql<{ user_id: UserId }[]>`
    select user_id from digests where stop_token = ${token}`;
  if (row !== undefined) return { user_name: localpartOf(row.user_id) };
  throw new OperationError("not_found", "These mails have ended already.");
}

/**
 * Ends them. Not throttled: mail providers ask for all of their people from few addresses
 * (RFC 8058), and nobody guesses the token.
 */
export async function stopDigest(
  { sql }: Pick<AccountDeps, "sql">,
  token: string,
): Promise<void> {
  await sql`delete from digests where stop_token = ${token}`;
}
