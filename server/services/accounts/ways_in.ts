import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Tx } from "../../postgres/sql.ts";

/**
 * Refuses, at the end of a transaction that took a way of signing in away, to leave an account that
 * nothing opens. The caller holds the account's row.
 * @throws OperationError `conflict`
 */
export async function requireWayIn(tx: Tx, userId: UserId): Promise<void> {
  const [way] = await tx`
    select 1 from credentials where user_id = ${userId}
    union all select 1 from passkeys where user_id = ${userId}
    union all select 1 from oidc_links where user_id = ${userId}
    limit 1`;
  if (way !== undefined) return;
  throw new OperationError(
    "conflict",
    "Nothing else opens this account. Set a password or add a passkey first.",
  );
}
