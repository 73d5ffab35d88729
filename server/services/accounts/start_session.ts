import type { SessionGrant, SessionTokens } from "../../../core/api/account.ts";
import { encodeBase58Of16 } from "../../../core/ids/base58.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Rng } from "../../../core/ports/rng.ts";
import type { Tx } from "../../postgres/sql.ts";
import { newSecret } from "./secret.ts";

/** How long tokens and sessions last; configured. */
export interface Lifetimes {
  readonly accessTokenMs: number;
  /** A session not used for this long ends. */
  readonly sessionMs: number;
}

export interface SessionDeps {
  readonly rng: Rng;
  readonly nowMs: number;
  readonly lifetimes: Lifetimes;
}

/** A password just typed counts as confirmed identity for so long. */
export const CONFIRM_MS = 10 * 60_000;
/** The session unused for longest makes room for the next. */
export const SESSIONS_PER_USER = 50;

/** Where and with what somebody signs in. */
export interface Device {
  readonly transport: "token" | "cookie";
  readonly name: string;
  readonly address: string | null;
}

/** A session just begun. `cookie` is the secret to set where the transport is a cookie. */
export interface StartedSession {
  readonly grant: SessionGrant;
  readonly cookie: string | null;
  /** Sessions that made room. */
  readonly displaced: readonly string[];
}

/** Begins a session in the caller's transaction, its identity just confirmed. */
export async function startSession(
  tx: Tx,
  deps: SessionDeps,
  who: { readonly userId: UserId; readonly admin: boolean; readonly device: Device },
): Promise<StartedSession> {
  const { userId, device } = who;
  const { nowMs } = deps;
  const sessionId = encodeBase58Of16(deps.rng.bytes(16));
  const cookie = device.transport === "cookie" ? newSecret(deps.rng, "cookie") : null;
  const gone = await tx<{ session_id: string }[]>`
    delete from sessions where session_id in (
      select session_id from sessions where user_id = ${userId}
      order by last_used_ts desc, session_id offset ${SESSIONS_PER_USER - 1})
    returning session_id`;
  await tx`
    insert into sessions (session_id, user_id, kind, cookie_hash, device_name, address,
      created_ts, last_used_ts, expires_ts, confirmed_until)
    values (${sessionId}, ${userId}, ${device.transport}, ${cookie?.hash ?? null}, ${device.name},
      ${device.address}, ${nowMs}, ${nowMs}, ${nowMs + deps.lifetimes.sessionMs}, ${
    nowMs + CONFIRM_MS
  })`;
  await tx`update users set last_seen_ts = ${nowMs} where user_id = ${userId}`;
  const tokens = cookie === null ? (await issueTokens(tx, deps, sessionId)).tokens : null;
  return {
    grant: { user_id: userId, session_id: sessionId, admin: who.admin, tokens },
    cookie: cookie?.text ?? null,
    displaced: gone.map((row) => row.session_id),
  };
}

/** A new pair of tokens of a session; the refresh token is stored unused. */
export async function issueTokens(
  tx: Tx,
  deps: SessionDeps,
  sessionId: string,
): Promise<{ tokens: SessionTokens; refreshHash: Uint8Array }> {
  const access = newSecret(deps.rng, "access");
  const refresh = newSecret(deps.rng, "refresh");
  const accessExpiresTs = deps.nowMs + deps.lifetimes.accessTokenMs;
  await tx`
    insert into refresh_tokens (token_hash, session_id, created_ts)
    values (${refresh.hash}, ${sessionId}, ${deps.nowMs})`;
  await tx`
    insert into access_tokens (token_hash, session_id, refresh_hash, expires_ts)
    values (${access.hash}, ${sessionId}, ${refresh.hash}, ${accessExpiresTs})`;
  return {
    refreshHash: refresh.hash,
    tokens: {
      access_token: access.text,
      access_expires_ts: accessExpiresTs,
      refresh_token: refresh.text,
      refresh_expires_ts: deps.nowMs + deps.lifetimes.sessionMs,
    },
  };
}
