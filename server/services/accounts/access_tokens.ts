import { ACCESS_TOKENS, type AccessToken } from "../../../core/api/access_tokens.ts";
import { TokenScope } from "../../../core/api/scopes.ts";
import { OperationError } from "../../../core/errors.ts";
import { encodeBase58Of16 } from "../../../core/ids/base58.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Queryable, Tx } from "../../postgres/sql.ts";
import { writeAudit } from "./audit.ts";
import type { AccountDeps } from "./deps.ts";
import { endSessions } from "./end_sessions.ts";
import { newSecret } from "./secret.ts";

const DAY_MS = 86_400_000;
/** What the holders of a token that has ended are told. */
const REVOKED = "The access token was revoked.";

/** The account's personal access tokens, the newest first, expired ones too. */
export async function listAccessTokens(sql: Queryable, userId: UserId): Promise<AccessToken[]> {
  const rows = await sql<AccessToken[]>`
    select token_id as id, name, scopes, created_ts, expires_ts, last_used_ts
    from personal_tokens where user_id = ${userId} order by created_ts desc, token_id`;
  return rows.map((row) => ({ ...row }));
}

/**
 * Makes a token; its text is given out here and kept nowhere.
 * @throws OperationError `invalid` for an end in the past or too far away, `forbidden` for the
 *   scope `admin` of who administers nothing, `limit_reached`
 */
export async function createAccessToken(
  deps: Pick<AccountDeps, "sql" | "clock" | "rng">,
  input: {
    readonly caller: { readonly userId: UserId; readonly admin: boolean };
    readonly name: string;
    readonly scopes: readonly TokenScope[];
    readonly expiresTs: number | null;
  },
): Promise<{ token: string; details: AccessToken }> {
  const { caller: { userId, admin }, name, expiresTs } = input;
  const nowMs = deps.clock.now();
  requireEnd(expiresTs, nowMs);
  if (input.scopes.includes("admin") && !admin) {
    throw new OperationError(
      "forbidden",
      'Only administrators of this server can make a token with the scope "admin".',
    );
  }
  const secret = newSecret(deps.rng, "personal");
  const details: AccessToken = {
    id: encodeBase58Of16(deps.rng.bytes(16)),
    name,
    scopes: TokenScope.options.filter((scope) => input.scopes.includes(scope)),
    created_ts: nowMs,
    expires_ts: expiresTs,
    last_used_ts: null,
  };
  await deps.sql.begin(async (tx) => {
    await tx`select 1 from users where user_id = ${userId} for update`;
    const [held] = await tx<{ count: number }[]>`
      select count(*)::int as count from personal_tokens where user_id = ${userId}`;
    if ((held?.count ?? 0) >= ACCESS_TOKENS.perUser) {
      throw new OperationError(
        "limit_reached",
        `An account can have ${ACCESS_TOKENS.perUser} access tokens; revoke one first.`,
      );
    }
    await tx`
      insert into personal_tokens (token_id, token_hash, user_id, name, scopes, created_ts,
        expires_ts)
      values (${details.id}, ${secret.hash}, ${userId}, ${name}, ${details.scopes}, ${nowMs},
        ${expiresTs})`;
  });
  return { token: secret.text, details };
}

function requireEnd(expiresTs: number | null, nowMs: number): void {
  if (expiresTs === null) return;
  if (expiresTs > nowMs && expiresTs <= nowMs + ACCESS_TOKENS.maxDays * DAY_MS) return;
  throw new OperationError(
    "invalid",
    `The token's end must lie in the future, at most ${ACCESS_TOKENS.maxDays} days away.`,
    { details: { field: "expires_ts", value: expiresTs } },
  );
}

/** Ends one token of a user. @throws OperationError `not_found` */
export async function revokeAccessToken(
  deps: Pick<AccountDeps, "sql" | "clock" | "bus" | "sessions">,
  input: {
    readonly userId: UserId;
    readonly id: string;
    /** Set where an administrator does it: written to the log of administration. */
    readonly by?: { readonly actor: string | null };
  },
): Promise<void> {
  const { userId, id, by } = input;
  await deps.sql.begin(async (tx) => {
    const gone = await tx`
      delete from personal_tokens where token_id = ${id} and user_id = ${userId}`;
    if (gone.count === 0) {
      throw new OperationError(
        "not_found",
        `${userId} has no access token ${JSON.stringify(id)}; it may have been revoked already.`,
      );
    }
    if (by === undefined) return;
    await writeAudit(tx, {
      ts: deps.clock.now(),
      actor: by.actor,
      action: "user.revoke_token",
      target: userId,
      details: { token: id },
    });
  });
  endSessions(deps, { userId, sessionIds: [id], reason: REVOKED });
}

/**
 * Takes all tokens off an account, as whatever ends all its other sessions does; `endSessions` is
 * told the ids after the commit.
 */
export async function dropAccessTokens(tx: Tx, userId: UserId): Promise<string[]> {
  const rows = await tx<{ token_id: string }[]>`
    delete from personal_tokens where user_id = ${userId} returning token_id`;
  return rows.map((row) => row.token_id);
}
