import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Caller, Credentials } from "../../http/caller.ts";
import type { Sql } from "../../postgres/sql.ts";
import type { AccountDeps } from "./deps.ts";
import { accountLocked } from "./refusals.ts";
import { hexPresented } from "./secret.ts";
import { CACHE_TTL_MS } from "./session_cache.ts";
import type { Lifetimes } from "./start_session.ts";

/** The last use of a session is written at most this often. */
const TOUCH_MS = 60_000;

interface ProofRow {
  session_id: string;
  user_id: UserId;
  admin: boolean;
  state: "active" | "suspended" | "locked" | "deactivated";
  state_reason: string | null;
  confirmed_until: number | null;
  last_used_ts: number;
  expires_ts: number;
  /** Of the access token; null for a cookie. */
  access_expires_ts: number | null;
  used: boolean | null;
}

/**
 * Who the credentials prove; undefined where they prove nobody.
 * @throws OperationError `token_expired` for an access token past its time,
 *   `account_locked` with the administrator's reason.
 */
export async function authenticate(
  deps: Pick<AccountDeps, "sql" | "clock" | "sessions" | "lifetimes">,
  credentials: Credentials,
  from: { readonly address: string | null } = { address: null },
): Promise<Caller | undefined> {
  const kind = credentials.bearer === undefined ? "cookie" : "access";
  const key = hexPresented(credentials.bearer ?? credentials.cookie ?? "", kind);
  if (key === undefined) return undefined;
  const nowMs = deps.clock.now();
  const cached = deps.sessions.get(key, nowMs);
  if (cached !== undefined && nowMs - cached.touchedMs < TOUCH_MS) return cached.caller;
  const version = deps.sessions.version;
  const hash = Uint8Array.fromHex(key);
  const row = kind === "access"
    ? await findByAccessToken(deps.sql, hash)
    : await findByCookie(deps.sql, hash);
  if (row === undefined || row.state === "deactivated" || row.expires_ts <= nowMs) return undefined;
  if (row.access_expires_ts !== null && row.access_expires_ts <= nowMs) {
    throw new OperationError("token_expired", "The access token has expired; refresh it.");
  }
  if (row.state === "locked") throw accountLocked(row.state_reason);
  if (row.used === false) {
    // Tells a later exchange of the parent refresh token that its answer had arrived.
    await deps.sql`update access_tokens set used = true where token_hash = ${hash}`;
  }
  const touchedMs = await touch(deps, { row, nowMs, address: from.address });
  const caller: Caller = {
    userId: row.user_id,
    sessionId: row.session_id,
    admin: row.admin,
    suspended: row.state === "suspended",
    confirmedUntil: row.confirmed_until,
  };
  const untilMs = Math.min(nowMs + CACHE_TTL_MS, row.access_expires_ts ?? row.expires_ts);
  deps.sessions.put(key, { caller, untilMs, touchedMs }, { version });
  return caller;
}

async function findByAccessToken(sql: Sql, hash: Uint8Array): Promise<ProofRow | undefined> {
  const [row] = await sql<ProofRow[]>`
    select s.session_id, s.user_id, u.admin, u.state, u.state_reason, s.confirmed_until,
      s.last_used_ts, s.expires_ts, a.expires_ts as access_expires_ts, a.used
    from access_tokens a join sessions s using (session_id) join users u using (user_id)
    where a.token_hash = ${hash}`;
  return row;
}

async function findByCookie(sql: Sql, hash: Uint8Array): Promise<ProofRow | undefined> {
  const [row] = await sql<ProofRow[]>`
    select s.session_id, s.user_id, u.admin, u.state, u.state_reason, s.confirmed_until,
      s.last_used_ts, s.expires_ts, null::bigint as access_expires_ts, null::boolean as used
    from sessions s join users u using (user_id)
    where s.cookie_hash = ${hash}`;
  return row;
}

/** Writes the last use once a minute; a cookie's life slides with it. */
async function touch(
  { sql, lifetimes }: { readonly sql: Sql; readonly lifetimes: Lifetimes },
  { row, nowMs, address }: { row: ProofRow; nowMs: number; address: string | null },
): Promise<number> {
  if (nowMs - row.last_used_ts < TOUCH_MS) return row.last_used_ts;
  await sql`
    with seen as (update users set last_seen_ts = ${nowMs} where user_id = ${row.user_id})
    update sessions set last_used_ts = ${nowMs}, address = coalesce(${address}, address),
      expires_ts = case kind when 'cookie' then ${nowMs + lifetimes.sessionMs} else expires_ts end
    where session_id = ${row.session_id}`;
  return nowMs;
}
