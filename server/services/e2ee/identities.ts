import type { Identity } from "../../../core/api/e2ee_devices.ts";
import { equalBytes } from "../../../core/e2ee/bytes.ts";
import { checkIdentity, type CrossSigning, readIdentity } from "../../../core/e2ee/identity.ts";
import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Caller } from "../../http/caller.ts";
import type { Sql, Tx } from "../../postgres/sql.ts";
import { changedDevices } from "./change_devices.ts";
import type { DeviceDeps } from "./device_deps.ts";
import { findIdentities, type IdentityRow, lockDeviceList } from "./device_rows.ts";

/**
 * Publishes an account's identity. The first one is free. Another one is a reset, which is asked
 * for as such: of two browsers that begin at once the second must not end what the first has begun.
 * Whoever resets has just confirmed the password, and all devices are gone until they register anew
 * with certificates of the new identity; but one that nobody can have any more, with no device and no
 * backup, needs no password: its owner has signed out of the only browser.
 * @throws OperationError `invalid`, `conflict`, `confirmation_required`, `rate_limited`
 */
export async function publishIdentity(
  deps: Pick<DeviceDeps, "sql" | "clock" | "throttle" | "verifier" | "followers">,
  caller: Pick<Caller, "userId" | "confirmedUntil">,
  { reset, ...published }: Identity & { readonly reset?: boolean },
): Promise<{ reset: boolean }> {
  const { userId } = caller;
  const identity = await requireGood(deps, userId, published);
  // Before the transaction, in which nothing else may be queried.
  if (reset) await requireReset(deps, caller, identity);
  const outcome = await deps.sql.begin(async (tx) => {
    await lockDeviceList(tx, userId);
    const held = (await findIdentities(tx, [userId])).get(userId);
    if (held !== undefined && isSame(held, identity)) return "same";
    if (held !== undefined && !reset) throw another();
    await writeIdentity(tx, identity, deps.clock.now());
    await tx`delete from devices where user_id = ${userId} and certificate is not null`;
    // Packages under certificates of the former identity would add nobody.
    await tx`delete from mls_key_packages where user_id = ${userId}`;
    await tx`delete from mls_claims where user_id = ${userId}`;
    await changedDevices(tx, deps, userId);
    return held === undefined ? "first" : "reset";
  });
  if (outcome !== "same") deps.followers.after([userId]);
  return { reset: outcome === "reset" };
}

async function requireGood(
  deps: Pick<DeviceDeps, "verifier">,
  userId: UserId,
  published: Identity,
): Promise<CrossSigning> {
  const identity = readIdentity(userId, published);
  const verdict = identity === undefined
    ? "malformed"
    : await checkIdentity(identity, deps.verifier);
  if (identity !== undefined && verdict === "good") return identity;
  throw new OperationError(
    "invalid",
    `This identity does not hold together (${verdict}): make a new one.`,
    { details: { fault: verdict } },
  );
}

async function isInUse(sql: Sql, userId: UserId): Promise<boolean> {
  const rows = await sql`
    select 1 from devices
    where user_id = ${userId} and session_id is not null and certificate is not null
    union all
    select 1 from backups where user_id = ${userId}`;
  return rows.length > 0;
}

function another(): OperationError {
  return new OperationError(
    "conflict",
    "This account has another identity already, on another device: let that device approve this one, or reset the identity.",
  );
}

async function requireReset(
  deps: Pick<DeviceDeps, "sql" | "clock" | "throttle">,
  { userId, confirmedUntil }: Pick<Caller, "userId" | "confirmedUntil">,
  next: CrossSigning,
): Promise<void> {
  const held = (await findIdentities(deps.sql, [userId])).get(userId);
  if (held === undefined || isSame(held, next) || !await isInUse(deps.sql, userId)) return;
  if ((confirmedUntil ?? 0) <= deps.clock.now()) {
    throw new OperationError(
      "confirmation_required",
      "This account has another identity already. To reset it, confirm your password once more.",
    );
  }
  await deps.throttle.take("resets of the identity", [{ policy: "identityReset", who: userId }]);
}

function isSame(held: IdentityRow, next: CrossSigning): boolean {
  return equalBytes(held.msk, next.msk) && equalBytes(held.ssk, next.ssk) &&
    equalBytes(held.usk, next.usk) && equalBytes(held.ssk_sig, next.sskSignature) &&
    equalBytes(held.usk_sig, next.uskSignature);
}

async function writeIdentity(tx: Tx, identity: CrossSigning, nowMs: number): Promise<void> {
  const { user, msk, ssk, usk, sskSignature, uskSignature } = identity;
  await tx`
    insert into identities (user_id, msk, ssk, usk, ssk_sig, usk_sig, changed_ts)
    values (${user}, ${msk}, ${ssk}, ${usk}, ${sskSignature}, ${uskSignature}, ${nowMs})
    on conflict (user_id) do update set msk = excluded.msk, ssk = excluded.ssk,
      usk = excluded.usk, ssk_sig = excluded.ssk_sig, usk_sig = excluded.usk_sig,
      changed_ts = excluded.changed_ts`;
}
