import { hash } from "node:crypto";
import { RECOVERY_CODES, type SecondFactor } from "../../../core/api/second_factor.ts";
import { OperationError } from "../../../core/errors.ts";
import { localpartOf, type UserId } from "../../../core/ids/user_id.ts";
import type { Queryable, Tx } from "../../postgres/sql.ts";
import { getAdminUser } from "./admin_users.ts";
import { writeAudit } from "./audit.ts";
import type { AccountDeps } from "./deps.ts";
import { type OwnerProof, requireOwner } from "./own_password.ts";
import { newCode } from "./secret.ts";

/** Loaded with the first authenticator app. */
const totp = () => import("./totp.ts");

type FactorDeps = Pick<AccountDeps, "sql" | "clock" | "throttle">;
type OwnDeps = FactorDeps & Pick<AccountDeps, "rng" | "passwords">;

/** What the account has beside its password. */
export async function getSecondFactor(sql: Queryable, userId: string): Promise<SecondFactor> {
  const [row] = await sql<
    { confirmed_ts: number | null; left: number; passkeys: number; password: boolean }[]
  >`
    select (select confirmed_ts from second_factors where user_id = ${userId}) as confirmed_ts,
      (select count(*)::int from recovery_codes where user_id = ${userId}) as left,
      (select count(*)::int from passkeys where user_id = ${userId}) as passkeys,
      exists (select 1 from credentials where user_id = ${userId}) as password`;
  const since = row?.confirmed_ts ?? null;
  return {
    password: row?.password ?? false,
    passkeys: row?.passkeys ?? 0,
    totp: since !== null,
    since_ts: since,
    recovery_codes_left: row?.left ?? 0,
  };
}

/**
 * Makes the secret for an authenticator app, in the place of one that was never confirmed.
 * @throws OperationError `bad_credentials`, `conflict`, `rate_limited`, `unavailable`
 */
export async function beginTotp(
  deps: OwnDeps & Pick<AccountDeps, "serverName">,
  input: OwnerProof,
): Promise<{ secret: string; uri: string }> {
  const { userId } = input;
  await requireOwner(deps, input);
  const { describeTotp, TOTP_SECRET_BYTES } = await totp();
  const secret = deps.rng.bytes(TOTP_SECRET_BYTES);
  const made = await deps.sql`
    insert into second_factors as f (user_id, secret, created_ts)
    values (${userId}, ${secret}, ${deps.clock.now()})
    on conflict (user_id) do update
      set secret = excluded.secret, created_ts = excluded.created_ts
      where f.confirmed_ts is null`;
  if (made.count === 0) {
    throw new OperationError(
      "conflict",
      "This account has an authenticator app already. Turn it off before you set up another.",
    );
  }
  return describeTotp(secret, { issuer: deps.serverName, label: localpartOf(userId) });
}

/**
 * From now on signing in asks for a code. Answers the recovery codes, the only time.
 * @throws OperationError `bad_code`, `conflict`, `rate_limited`
 */
export async function confirmTotp(
  deps: FactorDeps & Pick<AccountDeps, "rng">,
  input: { readonly userId: UserId; readonly code: string },
): Promise<string[]> {
  const { userId } = input;
  const guess = guessOf(userId);
  await deps.throttle.take("tries of the code", guess);
  const nowMs = deps.clock.now();
  const codes = await deps.sql.begin(async (tx) => {
    const [row] = await tx<{ secret: Uint8Array; confirmed_ts: number | null }[]>`
      select secret, confirmed_ts from second_factors where user_id = ${userId} for update`;
    if (row === undefined || row.confirmed_ts !== null) {
      throw new OperationError(
        "conflict",
        row === undefined
          ? "No authenticator app is being set up. Begin with your password."
          : "The authenticator app is set up already.",
      );
    }
    const step = (await totp()).stepOfCode(row.secret, bareCode(input.code), nowMs);
    if (step === undefined) throw badCode();
    await tx`
      update second_factors set confirmed_ts = ${nowMs}, last_step = ${step}
      where user_id = ${userId}`;
    return await storeRecoveryCodes(tx, deps, userId);
  });
  await deps.throttle.giveBack(guess);
  return codes;
}

/** @throws OperationError `bad_credentials`, `bad_code`, `conflict`, `rate_limited`, `unavailable` */
export async function renewRecoveryCodes(
  deps: OwnDeps,
  input: OwnerProof & { readonly code: string },
): Promise<string[]> {
  await requireOwner(deps, input);
  await requireTotp(deps.sql, input.userId);
  return await takeCode(deps, input, (tx) => storeRecoveryCodes(tx, deps, input.userId));
}

/** @throws OperationError `bad_credentials`, `bad_code`, `conflict`, `rate_limited`, `unavailable` */
export async function removeTotp(
  deps: OwnDeps,
  input: OwnerProof & { readonly code: string },
): Promise<void> {
  await requireOwner(deps, input);
  await requireTotp(deps.sql, input.userId);
  await takeCode(deps, input, (tx) => forget(tx, input.userId));
}

/**
 * Takes authenticator app, recovery codes and passkeys off an account whose owner has lost them.
 * @throws OperationError `not_found`, `conflict` where there is none
 */
export async function resetSecondFactor(
  deps: Pick<AccountDeps, "sql" | "clock">,
  act: { readonly actor: string | null; readonly userId: UserId; readonly reason: string | null },
): Promise<void> {
  await getAdminUser(deps.sql, act.userId);
  await deps.sql.begin(async (tx) => {
    const app = await forget(tx, act.userId);
    const { count: passkeys } = await tx`delete from passkeys where user_id = ${act.userId}`;
    if (!app && passkeys === 0) {
      throw new OperationError(
        "conflict",
        `${act.userId} has neither an authenticator app nor a passkey.`,
      );
    }
    await writeAudit(tx, {
      ts: deps.clock.now(),
      actor: act.actor,
      action: "user.reset_second_factor",
      target: act.userId,
      reason: act.reason,
      details: { app, passkeys },
    });
  });
}

/**
 * Uses up a code of the app or a recovery code, and does in the same transaction what it is for.
 * @throws OperationError `bad_code`, `rate_limited`, and what `act` throws: then the code stays good
 */
export async function takeCode<Result>(
  deps: FactorDeps,
  input: { readonly userId: UserId; readonly code: string },
  act: (tx: Tx) => Promise<Result>,
): Promise<Result> {
  const guess = guessOf(input.userId);
  await deps.throttle.take("tries of the code", guess);
  const nowMs = deps.clock.now();
  const result = await deps.sql.begin(async (tx) => {
    if (!await isTaken(tx, { ...input, nowMs })) throw badCode();
    return await act(tx);
  });
  await deps.throttle.giveBack(guess);
  return result as Result;
}

/** True for a code that was good and now is not any more. */
async function isTaken(
  tx: Tx,
  { userId, code, nowMs }: { userId: UserId; code: string; nowMs: number },
): Promise<boolean> {
  const [row] = await tx<{ secret: Uint8Array }[]>`
    select secret from second_factors
    where user_id = ${userId} and confirmed_ts is not null for update`;
  if (row === undefined) return false;
  const bare = bareCode(code);
  const step = (await totp()).stepOfCode(row.secret, bare, nowMs);
  if (step !== undefined) {
    // RFC 6238 section 5.2: a code is good once, and none older than it afterwards.
    const taken = await tx`
      update second_factors set last_step = ${step}
      where user_id = ${userId} and last_step < ${step}`;
    return taken.count > 0;
  }
  const used = await tx`
    delete from recovery_codes where user_id = ${userId} and code_hash = ${hashOf(bare)}`;
  return used.count > 0;
}

async function storeRecoveryCodes(
  tx: Tx,
  deps: Pick<AccountDeps, "rng">,
  userId: UserId,
): Promise<string[]> {
  const codes = Array.from({ length: RECOVERY_CODES }, () => newCode(deps.rng));
  await tx`delete from recovery_codes where user_id = ${userId}`;
  const rows = codes.map((code) => ({ user_id: userId, code_hash: hashOf(code) }));
  await tx`insert into recovery_codes ${tx(rows)}`;
  return codes.map((code) => code.replace(/.{4}(?=.)/g, "$&-"));
}

async function forget(tx: Tx, userId: string): Promise<boolean> {
  await tx`delete from login_challenges where user_id = ${userId}`;
  const gone = await tx`
    delete from second_factors where user_id = ${userId} returning confirmed_ts`;
  return gone.some((row) => row["confirmed_ts"] !== null);
}

async function requireTotp(sql: Queryable, userId: UserId): Promise<void> {
  if (!(await getSecondFactor(sql, userId)).totp) throw notSetUp("This account has");
}

function notSetUp(who: string): OperationError {
  return new OperationError("conflict", `${who} no authenticator app.`);
}

function guessOf(userId: UserId) {
  return [{ policy: "secondFactor", who: userId }] as const;
}

/** As people type codes, with blanks, dashes and capitals. */
function bareCode(typed: string): string {
  return typed.replace(/[\s-]/g, "").toLowerCase();
}

/** SHA-256 suffices: a recovery code has 80 random bits. */
function hashOf(code: string): Uint8Array {
  return new Uint8Array(hash("sha256", code, "buffer"));
}

function badCode(): OperationError {
  return new OperationError(
    "bad_code",
    "This code is wrong, too old, or was used already. Type the one that the app shows now, or " +
      "a recovery code.",
    { details: { field: "code" } },
  );
}
