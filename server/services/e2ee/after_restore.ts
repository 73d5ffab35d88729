import type { Tx } from "../../postgres/sql.ts";

/**
 * A restored database is older than what devices hold. Key packages that it knows may have been
 * given out since: one that is given twice breaks the second Welcome. Epochs that it would give out
 * again exist elsewhere: the groups that this server orders go on in a new term, so that no two
 * receipts of one term are of one epoch, and devices that are ahead come in again by themselves.
 */
export async function leaveBehind(tx: Tx): Promise<void> {
  await tx`delete from mls_key_packages where not last_resort`;
  await tx`delete from mls_claims`;
  await tx`
    update mls_groups set term = term + 1
    where sequencer = (select name from server_identity)`;
}
