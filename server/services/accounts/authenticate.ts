import { OperationError } from "../../../core/errors.ts";
import type { TokenScope } from "../../../core/api/scopes.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Caller, Credentials } from "../../http/caller.ts";
import type { Sql } from "../../postgres/sql.ts";
import type { AccountDeps } from "./deps.ts";
import { accountLocked } from "./refusals.ts";
import { hexPresented, SECRET_PREFIX } from "./secret.ts";
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
  /** Null for a personal token that does not expire. */
  expires_ts: number | null;
  /** Of the access token; null for a cookie. */
  access_expires_ts: number | null;
  used: boolean | null;
  /** Of a personal token; null for sessions. */
  scopes: TokenScope[] | null;
}

type CredentialKind = "cookie" | "access" | "personal";

/** Where each kind of credentials is looked up. */
const FIND: Readonly<
  Record<CredentialKind, (sql: Sql, hash: Uint8Array) => Promise<ProofRow | undefined>>
> = { cookie: findByCookie, access: findByAccessToken, personal: findByPersonalToken };

/** By its prefix: a token of one kind is never looked up as another. */
function kindOf({ bearer }: Credentials): CredentialKind {
  if (bearer === undefined) return "cookie";
  return bearer.startsWith(SECRET_PREFIX.personal) ? "personal" : "access";
}

/**
 * Who the credentials prove; undefined where they prove nobody.
 * @throws OperationError `token_expired` for an access token past its time, `unauthorized` for a
 *   personal one,
 *   `account_locked` with the administrator's reason.
 */
export async function authenticate(
  deps: Pick<AccountDeps, "sql" | "clock" | "sessions" | "lifetimes">,
  credentials: Credentials,
  from: { readonly address: string | null } = { address: null },
): Promise<Caller | undefined> {
  const kind = kindOf(credentials);
  const key = hexPresented(credentials.bearer ?? credentials.cookie ?? "", kind);
  if (key === undefined) return undefined;
  const nowMs = deps.clock.now();
  const cached = deps.sessions.get(key, nowMs);
  if (cached !== undefined && nowMs - cached.touchedMs < TOUCH_MS) return cached.caller;
  return await deps.sessions.readOnce(key, () => prove(deps, { kind, key, address: from.address }));
}

async function prove(
  deps: Pick<AccountDeps, "sql" | "clock" | "sessions" | "lifetimes">,
  { kind, key, address }: {
    readonly kind: CredentialKind;
    readonly key: string;
    readonly address: string | null;
  },
): Promise<Caller | undefined> {
  const nowMs = deps.clock.now();
  const version = deps.sessions.version;
  const hash = Uint8Array.fromHex(key);
  const row = await FIND[kind](deps.sql, hash);
  if (row === undefined || row.state === "deactivated") return undefined;
  if (row.expires_ts !== null && row.expires_ts <= nowMs) {
    if (row.scopes !== null) throw tokenEnded();
    return undefined;
  }
  if (row.access_expires_ts !== null && row.access_expires_ts <= nowMs) {
    throw new OperationError("token_expired", "The access token has expired; refresh it.");
  }
  if (row.state === "locked") throw accountLocked(row.state_reason);
  if (row.used === false) {
    // Tells a later exchange of the parent refresh token that its answer had arrived.
    await deps.sql`update access_tokens set used = true where token_hash = ${hash}`;
  }
  const touchedMs = await touch(deps, { row, nowMs, address });
  const caller: Caller = {
    userId: row.user_id,
    sessionId: row.session_id,
    // Without the scope a token of an administrator is a token of anybody.
    admin: row.admin && (row.scopes === null || row.scopes.includes("admin")),
    suspended: row.state === "suspended",
    confirmedUntil: row.confirmed_until,
    ...(row.scopes === null ? {} : { scopes: row.scopes }),
    // A session's end slides while it is used; a token's does not.
    ...(row.scopes === null || row.expires_ts === null ? {} : { endsTs: row.expires_ts }),
  };
  const untilMs = Math.min(
    nowMs + CACHE_TTL_MS,
    row.access_expires_ts ?? row.expires_ts ?? Infinity,
  );
  deps.sessions.put(key, { caller, untilMs, touchedMs }, { version });
  return caller;
}

async function findByAccessToken(sql: Sql, hash: Uint8Array): Promise<ProofRow | undefined> {
  const [row] = await sql<ProofRow[]>`
    select s.session_id, s.user_id, u.admin, u.state, u.state_reason, s.confirmed_until,
      s.last_used_ts, s.expires_ts, a.expires_ts as access_expires_ts, a.used,
      null::text[] as scopes
    from access_tokens a join sessions s using (session_id) join users u using (user_id)
    where a.token_hash = ${hash}`;
  return row;
}

async function findByCookie(sql: Sql, hash: Uint8Array): Promise<ProofRow | undefined> {
  const [row] = await sql<ProofRow[]>`
    select s.session_id, s.user_id, u.admin, u.state, u.state_reason, s.confirmed_until,
      s.last_used_ts, s.expires_ts, null::bigint as access_expires_ts, null::boolean as used,
      null::text[] as scopes
    from sessions s join users u using (user_id)
    where s.cookie_hash = ${hash}`;
  return row;
}

async function findByPersonalToken(sql: Sql, hash: Uint8Array): Promise<ProofRow | undefined> {
  const [row] = await sql<ProofRow[]>`
    select t.token_id as session_id, t.user_id, u.admin, u.state, u.state_reason,
      null::bigint as confirmed_until, coalesce(t.last_used_ts, 0)::bigint as last_used_ts,
      t.expires_ts, null::bigint as access_expires_ts, null::boolean as used, t.scopes
    from personal_tokens t join users u using (user_id)
    where t.token_hash = ${hash}`;
  return row;
}

function tokenEnded(): OperationError {
  return new OperationError(
    "unauthorized",
    "This access token is past its end; its owner can make a new one in the settings.",
  );
}

/** Writes the last use once a minute; a cookie's life slides with it. */
async function touch(
  { sql, lifetimes }: { readonly sql: Sql; readonly lifetimes: Lifetimes },
  { row, nowMs, address }: { row: ProofRow; nowMs: number; address: string | null },
): Promise<number> {
  if (nowMs - row.last_used_ts < TOUCH_MS) return row.last_used_ts;
  if (row.scopes !== null) {
    // A program at work says nothing of whether its owner is there: they are not seen by it.
    await sql`
      update personal_tokens set last_used_ts = ${nowMs} where token_id = ${row.session_id}`;
    return nowMs;
  }
  await sql`
    with seen as (update users set last_seen_ts = ${nowMs} where user_id = ${row.user_id})
    update sessions set last_used_ts = ${nowMs}, address = coalesce(${address}, address),
      expires_ts = case kind when 'cookie' then ${nowMs + lifetimes.sessionMs} else expires_ts end
    where session_id = ${row.session_id}`;
  return nowMs;
}
