import type { WaitingFor } from "../../../core/api/registrations.ts";
import { OperationError } from "../../../core/errors.ts";
import { encodeBase58Of16 } from "../../../core/ids/base58.ts";
import type { Queryable, Tx } from "../../postgres/sql.ts";
import { queueAwaitedMail } from "../mail/mail_queue.ts";
import type { AccountDeps } from "./deps.ts";
import { EMAIL_LINK_MS, foldAddress } from "./own_email.ts";
import { nameTaken } from "./refusals.ts";
import type { UserName } from "./user_name.ts";

/** Who may wait at once: more than administrators would read. */
const WAITING_MAX = 1000;
/** Nobody decided for so long: nobody will. */
export const APPROVAL_MS = 14 * 86_400_000;
/** So long somebody who was refused is told so. */
export const REFUSED_MS = 7 * 86_400_000;

export interface NewRegistration {
  readonly name: UserName;
  readonly displayName: string | null;
  readonly passwordHash: string;
  readonly createdBy: string;
  /** The guild's invite code that opened registration, still to be accepted. */
  readonly invite: string | null;
  readonly why: string | null;
  readonly address: string | null;
  readonly language: string;
  readonly needsApproval: boolean;
}

/**
 * Keeps a registration until it may become an account, in the caller's transaction.
 * @throws OperationError `name_taken`, `unavailable`
 */
export async function keepRegistration(
  tx: Tx,
  deps: Pick<AccountDeps, "rng"> & { readonly nowMs: number },
  made: NewRegistration,
): Promise<void> {
  const { nowMs } = deps;
  const { address } = made;
  await tx`delete from registrations where expires_ts <= ${nowMs}`;
  const [held] = await tx<{ waiting: number }[]>`
    select count(*)::int as waiting from registrations where not refused`;
  if ((held?.waiting ?? 0) >= WAITING_MAX) {
    throw new OperationError(
      "unavailable",
      "Too many people wait to be let in here already. Try again in some days.",
    );
  }
  const id = encodeBase58Of16(deps.rng.bytes(16));
  const expiresTs = nowMs + (address === null ? APPROVAL_MS : EMAIL_LINK_MS);
  const kept = await tx`
    insert into registrations (registration_id, local, skeleton, display_name, password_hash,
      created_by, invite, why, language, address, folded, needs_approval, created_ts, expires_ts)
    values (${id}, ${made.name.local}, ${made.name.skeleton}, ${made.displayName},
      ${made.passwordHash}, ${made.createdBy}, ${made.invite}, ${made.why}, ${made.language}, ${address},
      ${address === null ? null : foldAddress(address)}, ${made.needsApproval}, ${nowMs},
      ${expiresTs})
    on conflict do nothing`;
  if (kept.count === 0) throw nameTaken(made.name.local);
  if (address === null) return;
  await queueAwaitedMail(tx, {
    kind: "verify_registration",
    recipient: null,
    language: made.language,
    about: { registration_id: id },
    nowMs,
  });
}

interface WaitingRow {
  readonly password_hash: string;
  readonly address: string | null;
  readonly email_verified_ts: number | null;
  readonly refused: boolean;
  readonly reason: string | null;
}

/** A registration that is not over, by its user name; only who knows its password hears of it. */
export async function findWaiting(
  sql: Queryable,
  local: string,
  nowMs: number,
): Promise<WaitingRow | undefined> {
  const [row] = await sql<WaitingRow[]>`
    select password_hash, address, email_verified_ts, refused, reason from registrations
    where local = ${local} and expires_ts > ${nowMs}`;
  return row;
}

/** What is told to who signs in with the password of a registration. */
export function stillWaiting(row: Omit<WaitingRow, "password_hash">): OperationError {
  if (row.refused) {
    return new OperationError(
      "registration_closed",
      "The administrators of this server did not let you in" +
        (row.reason === null ? "." : `: ${row.reason}`),
      { details: { refused: true } },
    );
  }
  const unread = row.address !== null && row.email_verified_ts === null;
  return accountWaiting(unread ? "email" : "approval");
}

export function accountWaiting(waitingFor: WaitingFor): OperationError {
  return new OperationError(
    "account_waiting",
    waitingFor === "email"
      ? "Open the link in the mail that was sent to you: then it goes on."
      : "An administrator of this server decides whether to let you in. Try again later.",
    { details: { waiting_for: waitingFor } },
  );
}
