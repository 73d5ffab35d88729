import type { AccountDeps } from "./deps.ts";
import { sweepThrottles } from "./throttle.ts";

/** An exchanged refresh token is remembered so long, so that a second use is noticed. */
const USED_REFRESH_TOKEN_MS = 7 * 86_400_000;

/** An expired access token is remembered so long, so that its holder learns to refresh it. */
const EXPIRED_ACCESS_TOKEN_MS = 86_400_000;

/** A personal access token stays in its owner's list so long after its end. */
const EXPIRED_PERSONAL_TOKEN_MS = 30 * 86_400_000;

/** Deletes what has ended; safe to run in any process, as often as wanted (hourly). */
export async function sweepAccounts(
  deps: Pick<AccountDeps, "sql" | "clock">,
): Promise<{ sessions: number; tokens: number; links: number; throttles: number }> {
  const nowMs = deps.clock.now();
  const sessions = await deps.sql`delete from sessions where expires_ts <= ${nowMs}`;
  const access = await deps.sql`delete from access_tokens where expires_ts <= ${
    nowMs - EXPIRED_ACCESS_TOKEN_MS
  }`;
  const refresh = await deps.sql`
    delete from refresh_tokens where used_ts <= ${nowMs - USED_REFRESH_TOKEN_MS}`;
  const links = await deps.sql`delete from one_time_links where expires_ts <= ${nowMs}`;
  await deps.sql`delete from personal_tokens where expires_ts <= ${
    nowMs - EXPIRED_PERSONAL_TOKEN_MS
  }`;
  await deps.sql`delete from erasure_links where expires_ts <= ${nowMs}`;
  await deps.sql`delete from registrations where expires_ts <= ${nowMs}`;
  await deps.sql`delete from email_claims where expires_ts <= ${nowMs}`;
  await deps.sql`delete from login_challenges where expires_ts <= ${nowMs}`;
  await deps.sql`delete from oidc_flows where expires_ts <= ${nowMs}`;
  await deps.sql`delete from passkey_challenges where expires_ts <= ${nowMs}`;
  return {
    sessions: sessions.count,
    tokens: access.count + refresh.count,
    links: links.count,
    throttles: await sweepThrottles(deps),
  };
}
