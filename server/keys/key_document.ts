import type { KeyId } from "../../core/ids/key_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import {
  type KeyDocument,
  type KeyRevocation,
  signKeyDocument,
} from "../../core/keys/key_document.ts";
import { limits } from "../../core/limits.ts";
import type { Sql } from "../postgres/sql.ts";
import { listKeyEntries } from "./key_entries.ts";
import type { Signer } from "./signer.ts";

/**
 * What this server says about its keys now, signed by its current one: its entries with the
 * newest windows, its revocations. PROTOCOL.md 8.
 */
export async function buildKeyDocument(
  deps: { readonly sql: Sql; readonly signer: Signer; readonly serverName: ServerName },
  nowMs: number,
): Promise<KeyDocument> {
  // First, because it may make the key that the document must list.
  const signer = await deps.signer.current(nowMs);
  const { sql, serverName } = deps;
  return await sql.begin("isolation level repeatable read read only", async (tx) => {
    const [facts] = await tx<{ keydoc_seq: number }[]>`select keydoc_seq from server_identity`;
    const stored = await listKeyEntries(tx, serverName, limits.keys.maxEntriesInDocument);
    const revoked = await tx<KeyRevocation[]>`
      select key_id, revoked_ts, coalesce(revoked_reason, '') as reason from signing_keys
      where server = ${serverName} and revoked_ts is not null
      order by revoked_ts desc limit ${limits.keys.maxRevocationsInDocument}`;
    const draft = {
      server: serverName,
      seq: facts?.keydoc_seq ?? 0,
      created_ts: nowMs,
      keys: stored.map((held) => held.entry),
      revoked: revoked.map((row) => ({ ...row, key_id: row.key_id as KeyId })),
    };
    return await signKeyDocument(draft, [signer]);
  });
}
