import type { OidcLink } from "../../../core/api/oidc.ts";
import { OperationError } from "../../../core/errors.ts";
import { encodeBase58Of16 } from "../../../core/ids/base58.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Tx } from "../../postgres/sql.ts";
import type { AccountDeps } from "./deps.ts";
import { requireWayIn } from "./ways_in.ts";

/** Outside accounts that open one account. */
const LINKS_PER_USER = 20;

/** Outside accounts that open the account, the oldest first. */
export async function listOidcLinks(
  deps: Pick<AccountDeps, "sql" | "oidc">,
  userId: UserId,
): Promise<OidcLink[]> {
  const rows = await deps.sql<Omit<OidcLink, "label">[]>`
    select link_id as id, issuer, name, created_ts, last_used_ts from oidc_links
    where user_id = ${userId} order by created_ts, link_id`;
  const labels = new Map(deps.oidc.providers.map(({ issuer, label }) => [issuer, label]));
  return rows.map((row) => ({ ...row, label: labels.get(row.issuer) ?? row.issuer }));
}

/**
 * Lets an outside account open the account. Its owner has just been signed in there.
 * @throws OperationError `conflict` where it opens another one
 */
export async function addOidcLink(
  tx: Tx,
  deps: Pick<AccountDeps, "rng" | "clock">,
  link: {
    readonly userId: UserId;
    readonly issuer: string;
    readonly subject: string;
    readonly name: string | null;
  },
): Promise<void> {
  const { userId, issuer, subject, name } = link;
  await tx`select 1 from users where user_id = ${userId} for update`;
  const held = await tx`select 1 from oidc_links where user_id = ${userId}`;
  if (held.count >= LINKS_PER_USER) {
    throw new OperationError("conflict", `At most ${LINKS_PER_USER} outside logins may be linked.`);
  }
  const made = await tx`
    insert into oidc_links (link_id, issuer, subject, user_id, name, created_ts)
    values (${encodeBase58Of16(deps.rng.bytes(16))}, ${issuer}, ${subject}, ${userId}, ${name},
      ${deps.clock.now()})
    on conflict (issuer, subject) do nothing`;
  if (made.count > 0) return;
  const [own] = await tx`
    select 1 from oidc_links
    where issuer = ${issuer} and subject = ${subject} and user_id = ${userId}`;
  if (own !== undefined) return;
  throw new OperationError(
    "conflict",
    "This outside login opens another account of this server. Unlink it there first.",
  );
}

/** @throws OperationError `not_found`, `conflict` where nothing else opens the account */
export async function removeOidcLink(
  deps: Pick<AccountDeps, "sql">,
  { userId, id }: { readonly userId: UserId; readonly id: string },
): Promise<void> {
  await deps.sql.begin(async (tx) => {
    await tx`select 1 from users where user_id = ${userId} for update`;
    const gone = await tx`
      delete from oidc_links where link_id = ${id} and user_id = ${userId}`;
    if (gone.count === 0) {
      throw new OperationError("not_found", "There is no such login; it may be gone already.");
    }
    await requireWayIn(tx, userId);
  });
}
