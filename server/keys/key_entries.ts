import type { KeyId } from "../../core/ids/key_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { type KeyEntry, keyIdOf } from "../../core/keys/key_entry.ts";
import type { Queryable } from "../postgres/sql.ts";

/** An entry as it is stored and passed on with join, state and backfill answers. */
export interface StoredKeyEntry {
  readonly keyId: KeyId;
  readonly entry: KeyEntry;
  /** An older key of the same server that signed this entry. */
  readonly vouchedBy: KeyId | null;
  readonly voucherSignature: string | null;
}

interface EntryRow extends KeyEntry {
  key_id: KeyId;
  vouched_by: KeyId | null;
  voucher_signature: string | null;
}

/** Stores an entry that was relied on, for ever. What is stored already stays as it is. */
export async function storeKeyEntry(
  sql: Queryable,
  entry: KeyEntry,
  options: {
    readonly nowMs: number;
    readonly voucher?: { readonly keyId: KeyId; readonly signature: string } | undefined;
  },
): Promise<void> {
  await sql`
    insert into key_entries (server, key_id, key, valid_from, valid_until, first_seen_ts,
      vouched_by, voucher_signature)
    values (${entry.server}, ${keyIdOf(entry)}, ${entry.key}, ${entry.valid_from},
      ${entry.valid_until}, ${options.nowMs}, ${options.voucher?.keyId ?? null},
      ${options.voucher?.signature ?? null})
    on conflict do nothing`;
}

/** The stored entries of these ids, by `server key_id`; one query however many. */
export async function loadKeyEntries(
  sql: Queryable,
  names: readonly { readonly server: ServerName; readonly keyId: KeyId }[],
): Promise<Map<string, StoredKeyEntry>> {
  if (names.length === 0) return new Map();
  const rows = await sql<EntryRow[]>`
    select server, key_id, key, valid_from, valid_until, vouched_by, voucher_signature
    from key_entries join (select unnest(${names.map((name) => name.server)}::text[]) as server,
      unnest(${names.map((name) => name.keyId)}::text[]) as key_id) as wanted
      using (server, key_id)`;
  return new Map(rows.map((row) => [keyName(row.server, row.key_id), storedOf(row)]));
}

/** How `loadKeyEntries` names an entry. */
export function keyName(server: ServerName, keyId: KeyId): string {
  return `${server} ${keyId}`;
}

/** All stored entries of a server, newest window first. */
export async function listKeyEntries(
  sql: Queryable,
  server: ServerName,
  limit: number,
): Promise<StoredKeyEntry[]> {
  const rows = await sql<EntryRow[]>`
    select server, key_id, key, valid_from, valid_until, vouched_by, voucher_signature
    from key_entries where server = ${server}
    order by valid_from desc, key_id limit ${limit}`;
  return rows.map(storedOf);
}

function storedOf(row: EntryRow): StoredKeyEntry {
  const { server, key, valid_from, valid_until } = row;
  return {
    keyId: row.key_id,
    entry: { server, key, valid_from, valid_until },
    vouchedBy: row.vouched_by,
    voucherSignature: row.voucher_signature,
  };
}
