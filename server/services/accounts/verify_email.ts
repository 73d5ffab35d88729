import { assert } from "../../../core/assert.ts";
import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { addressKey } from "../../http/rate_limit.ts";
import { LOCK_CLASS } from "../../postgres/lock_keys.ts";
import type { Queryable, Tx } from "../../postgres/sql.ts";
import { queueNews } from "../mail/mail_queue.ts";
import { goOnRegistering, tellAdministrators } from "./decide_registration.ts";
import type { AccountDeps } from "./deps.ts";
import { hashPresented } from "./secret.ts";

/** A family has one address, and a person two accounts; a thousand accounts have another reason. */
export const ACCOUNTS_PER_ADDRESS = 5;

interface ClaimRow {
  /** Of the account; null: it is a registration. */
  user_id: UserId | null;
  registration_id: string | null;
  local: string;
  address: string;
  folded: string;
}

type VerifyDeps = Pick<AccountDeps, "sql" | "clock" | "throttle">;
type Presented = { readonly token: string; readonly address: string };
interface Claim {
  readonly address: string;
  readonly user_name: string;
  /** It is a registration, which goes on or becomes an account. */
  readonly registers: boolean;
}

/** What a link confirms; looking does not use it. @throws OperationError `not_found`, `rate_limited` */
export async function lookAtEmailClaim(deps: VerifyDeps, input: Presented): Promise<Claim> {
  return shown(await findClaim(deps, input));
}

/**
 * The address belongs to the account from now on, and the former one is told; a registration goes
 * on. Whoever has the link reads that address, and the page has named the account: nobody needs to
 * be signed in. Answers whether administrators have to decide.
 * @throws OperationError `not_found`, `conflict`, `name_taken`, `rate_limited`
 */
export async function verifyEmail(
  deps: VerifyDeps & Pick<AccountDeps, "mail" | "serverName">,
  input: Presented,
): Promise<Claim & { waits: boolean }> {
  const claim = await findClaim(deps, input);
  const nowMs = deps.clock.now();
  const waits = await deps.sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${LOCK_CLASS.emailOf}, hashtext(${claim.folded}))`;
    // Another one with the same link was faster, or a newer link was sent meanwhile.
    const still = await claimOf(tx, input.token, { nowMs, forUpdate: true });
    if (still === undefined) throw noClaim();
    await requireFewAccounts(tx, still);
    if (still.user_id === null) {
      const id = still.registration_id ?? "";
      return await goOnRegistering(tx, deps, { id, nowMs });
    }
    await takeAddress(tx, { userId: still.user_id, nowMs });
    return false;
  });
  if (waits) await tellAdministrators(deps);
  deps.mail?.wake();
  return { ...shown(claim), waits };
}

async function requireFewAccounts(tx: Tx, { folded, address, user_id }: ClaimRow): Promise<void> {
  const [others] = await tx<{ accounts: number }[]>`
    select count(*)::int as accounts from email_addresses
    where folded = ${folded} and user_id is distinct from ${user_id}`;
  if ((others?.accounts ?? 0) < ACCOUNTS_PER_ADDRESS) return;
  throw new OperationError(
    "conflict",
    `${address} belongs to ${ACCOUNTS_PER_ADDRESS} accounts already; take it off one of them, ` +
      "or use another address.",
  );
}

/** The address that waits becomes the account's. */
async function takeAddress(
  tx: Tx,
  { userId, nowMs }: { readonly userId: UserId; readonly nowMs: number },
): Promise<void> {
  const [taken] = await tx<{ address: string; folded: string; language: string }[]>`
    delete from email_claims where user_id = ${userId} returning address, folded, language`;
  assert(taken !== undefined, "the claim is held by this transaction");
  const [former] = await tx<{ folded: string }[]>`
    select folded from email_addresses where user_id = ${userId}`;
  if (former !== undefined && former.folded !== taken.folded) {
    const about = { now: veiled(taken.address) };
    await queueNews(tx, { kind: "address_changed", userId, nowMs, about });
  }
  await tx`
    insert into email_addresses (user_id, address, folded, language, verified_ts)
    values (${userId}, ${taken.address}, ${taken.folded}, ${taken.language}, ${nowMs})
    on conflict (user_id) do update set address = excluded.address, folded = excluded.folded,
      language = excluded.language, verified_ts = excluded.verified_ts`;
}

async function findClaim(deps: VerifyDeps, { token, address }: Presented): Promise<ClaimRow> {
  await deps.throttle.take("links were opened from here", [
    { policy: "lookupAddress", who: addressKey(address) },
  ]);
  const claim = await claimOf(deps.sql, token, { nowMs: deps.clock.now() });
  if (claim === undefined) throw noClaim();
  return claim;
}

async function claimOf(
  sql: Queryable,
  token: string,
  { nowMs, forUpdate = false }: { readonly nowMs: number; readonly forUpdate?: boolean },
): Promise<ClaimRow | undefined> {
  const hash = hashPresented(token, "link");
  if (hash === undefined) return undefined;
  const [ofAccount] = await sql<ClaimRow[]>`
    select c.user_id, null as registration_id, u.local, c.address, c.folded
    from email_claims c join users u using (user_id)
    where c.token_hash = ${hash} and c.expires_ts > ${nowMs} and u.state <> 'deactivated'
    ${forUpdate ? sql`for update of c` : sql``}`;
  if (ofAccount !== undefined) return ofAccount;
  const [ofRegistration] = await sql<ClaimRow[]>`
    select null as user_id, registration_id, local, address, folded from registrations
    where token_hash = ${hash} and expires_ts > ${nowMs} and not refused
    ${forUpdate ? sql`for update` : sql``}`;
  return ofRegistration;
}

function shown({ address, local, user_id }: ClaimRow): Claim {
  return { address, user_name: local, registers: user_id === null };
}

/** Enough to be known by who has it: `a…@example.org`. */
function veiled(address: string): string {
  const at = address.lastIndexOf("@");
  return `${[...address][0] ?? ""}…${address.slice(at)}`;
}

function noClaim(): OperationError {
  return new OperationError(
    "not_found",
    "This link is not valid: it was used, replaced by a newer one, or is over a day old. " +
      "Ask for another in the settings of your account.",
  );
}
