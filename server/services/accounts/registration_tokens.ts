import type { RegistrationToken } from "../../../core/api/admin.ts";
import { OperationError } from "../../../core/errors.ts";
import { encodeBase58Of16 } from "../../../core/ids/base58.ts";
import type { Queryable, Tx } from "../../postgres/sql.ts";
import { writeAudit } from "./audit.ts";
import type { AccountDeps } from "./deps.ts";
import { newCode } from "./secret.ts";

/** Tokens that may be valid at once. */
const VALID_TOKENS = 1_000;

interface TokenRow {
  token_id: string;
  code: string;
  note: string | null;
  uses: number;
  max_uses: number | null;
  created_by: string | null;
  created_ts: number;
  expires_ts: number | null;
  revoked_ts: number | null;
}

export interface NewToken {
  /** User id; null from the command line. */
  readonly actor: string | null;
  readonly note: string | null;
  /** null: no limit. */
  readonly maxUses: number | null;
  /** null: never ends. */
  readonly expiresInMs: number | null;
}

/** @throws OperationError `limit_reached` at 1,000 valid tokens. */
export async function createRegistrationToken(
  deps: Pick<AccountDeps, "sql" | "clock" | "rng" | "publicUrl">,
  input: NewToken,
): Promise<RegistrationToken> {
  const nowMs = deps.clock.now();
  const row: TokenRow = {
    token_id: encodeBase58Of16(deps.rng.bytes(16)),
    code: newCode(deps.rng),
    note: input.note,
    uses: 0,
    max_uses: input.maxUses,
    created_by: input.actor,
    created_ts: nowMs,
    expires_ts: input.expiresInMs === null ? null : nowMs + input.expiresInMs,
    revoked_ts: null,
  };
  await deps.sql.begin(async (tx) => {
    const [count] = await tx<{ valid: number }[]>`
      select count(*)::int as valid from registration_tokens where ${validAt(tx, nowMs)}`;
    if ((count?.valid ?? 0) >= VALID_TOKENS) {
      throw new OperationError(
        "limit_reached",
        `There are ${VALID_TOKENS} valid registration tokens; revoke some first.`,
      );
    }
    await tx`insert into registration_tokens ${tx({ ...row })}`;
    await writeAudit(tx, {
      ts: nowMs,
      actor: input.actor,
      action: "token.create",
      target: row.token_id,
      details: { max_uses: row.max_uses, expires_ts: row.expires_ts },
    });
  });
  return present(row, { nowMs, publicUrl: deps.publicUrl });
}

/** Newest first; at most 1,000. */
export async function listRegistrationTokens(
  deps: Pick<AccountDeps, "sql" | "clock" | "publicUrl">,
  options: { readonly validOnly: boolean },
): Promise<RegistrationToken[]> {
  const nowMs = deps.clock.now();
  const rows = await deps.sql<TokenRow[]>`
    select token_id, code, note, uses, max_uses, created_by, created_ts, expires_ts, revoked_ts
    from registration_tokens
    ${options.validOnly ? deps.sql`where ${validAt(deps.sql, nowMs)}` : deps.sql``}
    order by created_ts desc, token_id limit ${VALID_TOKENS}`;
  return rows.map((row) => present(row, { nowMs, publicUrl: deps.publicUrl }));
}

/** Ends a token, by its id or its code. @throws OperationError `not_found`. */
export async function revokeRegistrationToken(
  deps: Pick<AccountDeps, "sql" | "clock">,
  input: { readonly actor: string | null; readonly token: string },
): Promise<void> {
  const nowMs = deps.clock.now();
  await deps.sql.begin(async (tx) => {
    const [row] = await tx<{ token_id: string }[]>`
      update registration_tokens set revoked_ts = coalesce(revoked_ts, ${nowMs})
      where token_id = ${input.token} or code = ${input.token.toLowerCase()} returning token_id`;
    if (row === undefined) {
      throw new OperationError(
        "not_found",
        `There is no registration token ${JSON.stringify(input.token)}.`,
      );
    }
    await writeAudit(tx, {
      ts: nowMs,
      actor: input.actor,
      action: "token.revoke",
      target: row.token_id,
    });
  });
}

/** The valid token of a code; looking does not use it. */
export async function findRegistrationToken(
  sql: Queryable,
  code: string,
  nowMs: number,
): Promise<{ tokenId: string; expiresTs: number | null; usesLeft: number | null } | undefined> {
  const [row] = await sql<TokenRow[]>`
    select token_id, uses, max_uses, expires_ts from registration_tokens
    where code = ${code.toLowerCase()} and ${validAt(sql, nowMs)}`;
  if (row === undefined) return undefined;
  return {
    tokenId: row.token_id,
    expiresTs: row.expires_ts,
    usesLeft: row.max_uses === null ? null : row.max_uses - row.uses,
  };
}

/** Counts one use, in the transaction that makes the account; false where none was left. */
export async function useRegistrationToken(
  tx: Tx,
  tokenId: string,
  nowMs: number,
): Promise<boolean> {
  const used = await tx`
    update registration_tokens set uses = uses + 1
    where token_id = ${tokenId} and ${validAt(tx, nowMs)}`;
  return used.count === 1;
}

function validAt(sql: Queryable, nowMs: number) {
  return sql`(revoked_ts is null and (expires_ts is null or expires_ts > ${nowMs})
    and (max_uses is null or uses < max_uses))`;
}

function present(
  row: TokenRow,
  { nowMs, publicUrl }: { nowMs: number; publicUrl: string },
): RegistrationToken {
  return {
    id: row.token_id,
    code: row.code,
    url: `${publicUrl}/register?token=${row.code}`,
    note: row.note,
    uses: row.uses,
    max_uses: row.max_uses,
    created_by: row.created_by,
    created_ts: row.created_ts,
    expires_ts: row.expires_ts,
    state: row.revoked_ts !== null
      ? "revoked"
      : row.max_uses !== null && row.uses >= row.max_uses
      ? "used_up"
      : row.expires_ts !== null && row.expires_ts <= nowMs
      ? "expired"
      : "valid",
  };
}
