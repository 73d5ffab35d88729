import type { KeyId } from "../../core/ids/key_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import {
  type KeyDocument,
  type KeyRevocation,
  signKeyDocument,
} from "../../core/keys/key_document.ts";
import { limits } from "../../core/limits.ts";
import type { Sql } from "../postgres/sql.ts";
import { keyIdOf } from "../../core/keys/key_entry.ts";
import { listKeyEntries, loadKeyEntries } from "./key_entries.ts";
import type { Signer } from "./signer.ts";

export interface KeyDocumentDeps {
  readonly sql: Sql;
  readonly signer: Signer;
  readonly serverName: ServerName;
}

/**
 * What this server says about its keys now, signed by its current one: its entries with the
 * newest windows, its revocations. PROTOCOL.md 8.
 */
export async function buildKeyDocument(deps: KeyDocumentDeps, nowMs: number): Promise<KeyDocument> {
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

/**
 * Of this server's entries, however old, those with these ids, and which of them are revoked; what
 * it does not hold is left out. Signed like the document. PROTOCOL.md 8.
 */
export async function buildKeyExcerpt(
  deps: KeyDocumentDeps,
  keyIds: readonly KeyId[],
  nowMs: number,
): Promise<KeyDocument> {
  const signer = await deps.signer.current(nowMs);
  const { sql, serverName: server } = deps;
  return await sql.begin("isolation level repeatable read read only", async (tx) => {
    const [facts] = await tx<{ keydoc_seq: number }[]>`select keydoc_seq from server_identity`;
    const held = await loadKeyEntries(tx, keyIds.map((keyId) => ({ server, keyId })));
    const keys = [...held.values()].map(({ entry }) => entry)
      .sort((a, b) => b.valid_from - a.valid_from || (keyIdOf(a) < keyIdOf(b) ? -1 : 1));
    const revoked = await tx<KeyRevocation[]>`
      select key_id, revoked_ts, coalesce(revoked_reason, '') as reason from signing_keys
      where server = ${server} and revoked_ts is not null and key_id = any(${[...keyIds]})
      order by revoked_ts desc`;
    const draft = {
      server,
      seq: facts?.keydoc_seq ?? 0,
      created_ts: nowMs,
      keys,
      revoked: [...revoked],
    };
    return await signKeyDocument(draft, [signer], "keyexcerpt");
  });
}
