import type { AdminUser } from "../../../core/api/admin.ts";
import type { Registration } from "../../../core/api/registrations.ts";
import { assert } from "../../../core/assert.ts";
import { OperationError } from "../../../core/errors.ts";
import { type UserId, userIdOf } from "../../../core/ids/user_id.ts";
import type { Sql, Tx } from "../../postgres/sql.ts";
import { NEWS_MS, queueMail, queueNews } from "../mail/mail_queue.ts";
import { getAdminUser } from "./admin_users.ts";
import { writeAudit } from "./audit.ts";
import { createUserRow } from "./create_user_row.ts";
import type { AccountDeps } from "./deps.ts";
import { parseUserName } from "./user_name.ts";
import { APPROVAL_MS, REFUSED_MS } from "./waiting_registration.ts";

/** Administrators that are told. */
const TOLD_MAX = 50;

type DecideDeps =
  & Pick<AccountDeps, "sql" | "clock" | "serverName">
  & Partial<Pick<AccountDeps, "mail">>;
interface Decision {
  /** User id of the administrator; null from the command line. */
  readonly actor: string | null;
  readonly id: string;
}

interface RegistrationRow {
  readonly registration_id: string;
  readonly local: string;
  readonly display_name: string | null;
  readonly password_hash: string;
  readonly created_by: string;
  readonly invite: string | null;
  readonly language: string;
  readonly address: string | null;
  readonly folded: string | null;
  readonly email_verified_ts: number | null;
}

/** Who waits for an administrator, the longest first, with how many there are. */
export async function listRegistrations(
  { sql, clock }: { readonly sql: Sql; readonly clock: AccountDeps["clock"] },
  limit: number,
): Promise<{ registrations: Registration[]; total: number }> {
  const open = sql`needs_approval and not refused and expires_ts > ${clock.now()}
    and (address is null or email_verified_ts is not null)`;
  const rows = await sql<Registration[]>`
    select registration_id as id, local as user_name, display_name, why, address, created_by,
      created_ts, expires_ts
    from registrations where ${open} order by created_ts, registration_id limit ${limit}`;
  const [count] = await sql<{ total: number }[]>`
    select count(*)::int as total from registrations where ${open}`;
  return { registrations: rows.map((row) => ({ ...row })), total: count?.total ?? 0 };
}

/** The one that waits under a user name. @throws OperationError `not_found` */
export async function findRegistration(
  { sql, clock }: { readonly sql: Sql; readonly clock: AccountDeps["clock"] },
  local: string,
): Promise<string> {
  const [row] = await sql<{ id: string }[]>`
    select registration_id as id from registrations
    where local = ${local} and needs_approval and not refused and expires_ts > ${clock.now()}
      and (address is null or email_verified_ts is not null)`;
  if (row === undefined) throw noRegistration(JSON.stringify(local));
  return row.id;
}

/** Makes the account of who waits. @throws OperationError `not_found`, `name_taken` */
export async function approveRegistration(
  deps: DecideDeps,
  { actor, id }: Decision,
): Promise<AdminUser> {
  const nowMs = deps.clock.now();
  const user = await deps.sql.begin(async (tx) => {
    const row = await takeWaiting(tx, id, nowMs);
    const userId = await becomeAccount(tx, deps, { row, nowMs });
    await writeAudit(tx, { ts: nowMs, actor, action: "registration.approve", target: userId });
    await queueNews(tx, {
      kind: "registration_approved",
      userId,
      nowMs,
      about: { invite: row.invite },
    });
    return await getAdminUser(tx, userId);
  });
  deps.mail?.wake();
  return user;
}

/** Lets somebody not in; for a week they are told so. @throws OperationError `not_found` */
export async function refuseRegistration(
  deps: DecideDeps,
  { actor, id, reason }: Decision & { readonly reason: string | null },
): Promise<void> {
  const nowMs = deps.clock.now();
  await deps.sql.begin(async (tx) => {
    const row = await takeWaiting(tx, id, nowMs);
    await tx`
      update registrations set refused = true, reason = ${reason}, why = null,
        expires_ts = ${nowMs + REFUSED_MS}
      where registration_id = ${id}`;
    await writeAudit(tx, {
      ts: nowMs,
      actor,
      action: "registration.refuse",
      target: row.local,
      reason,
    });
    if (row.address === null) return;
    await queueMail(tx, {
      kind: "registration_refused",
      recipient: row.address,
      language: row.language,
      about: { user_name: row.local, reason },
      nowMs,
      usefulMs: NEWS_MS,
    });
  });
  deps.mail?.wake();
}

/**
 * The address of a registration was confirmed: it goes on to the administrators, who are told, or
 * becomes an account at once. Answers whether it still waits.
 */
export async function goOnRegistering(
  tx: Tx,
  deps: Pick<AccountDeps, "serverName">,
  { id, nowMs }: { readonly id: string; readonly nowMs: number },
): Promise<boolean> {
  const [row] = await tx<(RegistrationRow & { needs_approval: boolean })[]>`
    update registrations set email_verified_ts = ${nowMs}, token_hash = null,
      expires_ts = ${nowMs + APPROVAL_MS}
    where registration_id = ${id}
    returning registration_id, local, display_name, password_hash, created_by, invite, language,
      address, folded, email_verified_ts, needs_approval`;
  assert(row !== undefined, "the registration is held by the transaction that found it");
  if (!row.needs_approval) {
    await becomeAccount(tx, deps, { row, nowMs });
    return false;
  }
  return true;
}

/** Mails those administrators that have an address that somebody waits, once an hour at most. */
export async function tellAdministrators(
  deps: Pick<AccountDeps, "sql" | "clock" | "throttle" | "mail">,
): Promise<void> {
  try {
    await deps.throttle.take("mails", [{ policy: "registrationNews", who: "administrators" }]);
  } catch (error) {
    if (error instanceof OperationError && error.code === "rate_limited") return;
    throw error;
  }
  const nowMs = deps.clock.now();
  const administrators = await deps.sql<{ user_id: UserId }[]>`
    select user_id from users where admin and state = 'active' order by user_id
    limit ${TOLD_MAX}`;
  for (const { user_id: userId } of administrators) {
    await queueNews(deps.sql, { kind: "registration_waiting", userId, nowMs });
  }
  deps.mail?.wake();
}

async function takeWaiting(tx: Tx, id: string, nowMs: number): Promise<RegistrationRow> {
  const [row] = await tx<RegistrationRow[]>`
    select registration_id, local, display_name, password_hash, created_by, invite, language,
      address, folded, email_verified_ts
    from registrations where registration_id = ${id} and needs_approval and not refused
      and expires_ts > ${nowMs} and (address is null or email_verified_ts is not null)
    for update`;
  if (row === undefined) throw noRegistration("of this id");
  return row;
}

async function becomeAccount(
  tx: Tx,
  { serverName }: Pick<AccountDeps, "serverName">,
  { row, nowMs }: { readonly row: RegistrationRow; readonly nowMs: number },
): Promise<UserId> {
  const userId = userIdOf(row.local, serverName);
  assert(userId !== undefined, `the user name ${row.local} was one when it was registered`);
  await tx`delete from registrations where registration_id = ${row.registration_id}`;
  await createUserRow(tx, {
    userId,
    name: parseUserName(row.local),
    displayName: row.display_name,
    createdBy: row.created_by,
    admin: false,
    passwordHash: row.password_hash,
    nowMs,
  });
  if (row.address !== null && row.email_verified_ts !== null) {
    await tx`
      insert into email_addresses (user_id, address, folded, language, verified_ts)
      values (${userId}, ${row.address}, ${row.folded}, ${row.language}, ${row.email_verified_ts})`;
  }
  return userId;
}

function noRegistration(what: string): OperationError {
  return new OperationError(
    "not_found",
    `No registration ${what} waits for a decision: somebody decided, or it took too long.`,
  );
}
