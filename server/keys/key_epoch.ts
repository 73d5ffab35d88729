import { encodeBase58Of16 } from "../../core/ids/base58.ts";
import type { Rng } from "../../core/ports/rng.ts";
import type { Queryable } from "../postgres/sql.ts";

/** The epoch that a key must be of to sign. Needs a settled server identity. */
export async function readKeyEpoch(sql: Queryable): Promise<string> {
  const [row] = await sql<{ key_epoch: string }[]>`select key_epoch from server_identity`;
  if (row === undefined) throw new Error("The server has no identity yet; settle it first.");
  return row.key_epoch;
}

/**
 * Ends the use of every signing key there is: called by a restore, in its transaction, because
 * the server that was backed up may have gone on signing, or still does. Entries stay, for
 * verification; the next use of a signer makes a new key. PROTOCOL.md 8.
 */
export async function startNewKeyEpoch(
  tx: Queryable,
  deps: { readonly rng: Rng; readonly nowMs: number },
): Promise<void> {
  await tx`update server_identity set key_epoch = ${encodeBase58Of16(deps.rng.bytes(16))}`;
  await tx`update signing_keys set retired_ts = ${deps.nowMs} where retired_ts is null`;
  await bumpKeyDocument(tx, deps.nowMs);
}

/**
 * A change of the key document: its `seq` grows. It follows the clock, so that it does not go
 * back when an older database is restored.
 */
export async function bumpKeyDocument(tx: Queryable, nowMs: number): Promise<void> {
  await tx`update server_identity set keydoc_seq = greatest(keydoc_seq + 1, ${nowMs}::bigint)`;
}
