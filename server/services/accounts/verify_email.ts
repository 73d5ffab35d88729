import { OperationError } from "../../../core/errors.ts";
import { localpartOf, type UserId } from "../../../core/ids/user_id.ts";
import { addressKey } from "../../http/rate_limit.ts";
import { LOCK_CLASS } from "../../postgres/lock_keys.ts";
import type { Queryable } from "../../postgres/sql.ts";
import { queueNews } from "../mail/mail_queue.ts";
import type { AccountDeps } from "./deps.ts";
import { hashPresented } from "./secret.ts";

/** A family has one address, and a person two accounts; a thousand accounts have another reason. */
export const ACCOUNTS_PER_ADDRESS = 5;

interface ClaimRow {
  user_id: UserId;
  address: string;
  folded: string;
  language: string;
}

type VerifyDeps = Pick<AccountDeps, "sql" | "clock" | "throttle">;
type Presented = { readonly token: string; readonly address: string };
type Claim = { readonly address: string; readonly user_name: string };

/** What a link confirms; looking does not use it. @throws OperationError `not_found`, `rate_limited` */
export async function lookAtEmailClaim(deps: VerifyDeps, input: Presented): Promise<Claim> {
  return shown(await findClaim(deps, input));
}

/**
 * The address belongs to the account from now on; the former one is told. Whoever has the link
 * reads that address, and the page has named the account: nobody needs to be signed in.
 * @throws OperationError `not_found`, `conflict`, `rate_limited`
 */
export async function verifyEmail(
  deps: VerifyDeps & Pick<AccountDeps, "mail">,
  input: Presented,
): Promise<Claim> {
  const { user_id: userId, folded } = await findClaim(deps, input);
  const nowMs = deps.clock.now();
  const claim = await deps.sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${LOCK_CLASS.emailOf}, hashtext(${folded}))`;
    const [taken] = await tx<ClaimRow[]>`
      delete from email_claims
      where token_hash = ${hashPresented(input.token, "link") ?? null} and expires_ts > ${nowMs}
      returning user_id, address, folded, language`;
    if (taken === undefined) throw noClaim();
    const [others] = await tx<{ accounts: number }[]>`
      select count(*)::int as accounts from email_addresses
      where folded = ${taken.folded} and user_id <> ${userId}`;
    if ((others?.accounts ?? 0) >= ACCOUNTS_PER_ADDRESS) {
      throw new OperationError(
        "conflict",
        `${taken.address} belongs to ${ACCOUNTS_PER_ADDRESS} accounts already; take it off one ` +
          "of them, or use another address.",
      );
    }
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
    return taken;
  });
  deps.mail?.wake();
  return shown(claim);
}

async function findClaim(deps: VerifyDeps, { token, address }: Presented): Promise<ClaimRow> {
  await deps.throttle.take("links were opened from here", [
    { policy: "lookupAddress", who: addressKey(address) },
  ]);
  const claim = await claimOf(deps.sql, token, deps.clock.now());
  if (claim === undefined) throw noClaim();
  return claim;
}

async function claimOf(
  sql: Queryable,
  token: string,
  nowMs: number,
): Promise<ClaimRow | undefined> {
  const hash = hashPresented(token, "link");
  if (hash === undefined) return undefined;
  const [row] = await sql<ClaimRow[]>`
    select c.user_id, c.address, c.folded, c.language
    from email_claims c join users u using (user_id)
    where c.token_hash = ${hash} and c.expires_ts > ${nowMs} and u.state <> 'deactivated'`;
  return row;
}

function shown({ address, user_id }: ClaimRow): Claim {
  return { address, user_name: localpartOf(user_id) };
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
