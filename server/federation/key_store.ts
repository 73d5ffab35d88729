import type { KeyName } from "../../core/event/verify_event.ts";
import type { KeyId } from "../../core/ids/key_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { KeyDocument } from "../../core/keys/key_document.ts";
import { type KeyEntry, keyIdOf } from "../../core/keys/key_entry.ts";
import { limits } from "../../core/limits.ts";
import type {
  HeldDocument,
  HeldEntry,
  KeyStore,
  WordsJudged,
} from "../../federation/keys/ports.ts";
import { keyNameText } from "../../federation/ports.ts";
import type { Queryable, Sql } from "../postgres/sql.ts";

interface EntryRow extends KeyEntry {
  key_id: KeyId;
  vouched_by: KeyId | null;
  voucher_signature: string | null;
  listed: boolean;
  word_of: ServerName[] | null;
  word_ts: number | null;
  denied_ts: number | null;
}

/** Entries kept of one server: a century of weekly keys of several processes. */
const MAX_ENTRIES_PER_SERVER = 20_000;

/** Key entries and documents of all servers in Postgres. PROTOCOL.md 8. */
export class PostgresKeyStore implements KeyStore {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  async find(names: readonly KeyName[]): Promise<ReadonlyMap<string, HeldEntry>> {
    if (names.length === 0) return new Map();
    const rows = await this.#sql<EntryRow[]>`
      select server, key_id, key, valid_from, valid_until, vouched_by, voucher_signature, listed,
        word_of, word_ts, denied_ts
      from key_entries join ${this.#wanted(names)} using (server, key_id)`;
    return new Map(rows.map((row) => [
      keyNameText({ server: row.server, keyId: row.key_id }),
      heldOf(row),
    ]));
  }

  async add(entries: readonly HeldEntry[], nowMs: number): Promise<void> {
    await this.#sql.begin(async (tx) => await insertEntries(tx, entries, nowMs));
  }

  async findRevoked(
    names: readonly KeyName[],
  ): Promise<ReadonlyMap<string, { reason: string }>> {
    if (names.length === 0) return new Map();
    const rows = await this.#sql<{ server: ServerName; key_id: KeyId; reason: string }[]>`
      select server, key_id, reason from key_revocations
      join ${this.#wanted(names)} using (server, key_id)
      union all
      select server, key_id, coalesce(revoked_reason, '') from signing_keys
      join ${this.#wanted(names)} using (server, key_id) where revoked_ts is not null`;
    return new Map(rows.map(({ server, key_id: keyId, reason }) => [
      keyNameText({ server, keyId }),
      { reason },
    ]));
  }

  async readDocument(server: ServerName): Promise<HeldDocument | undefined> {
    const [row] = await this.#sql<{ seq: number; fetched_ts: number }[]>`
      select seq, fetched_ts from key_documents where server = ${server}`;
    return row && { seq: row.seq, fetchedTs: row.fetched_ts };
  }

  async storeDocument(document: KeyDocument, nowMs: number): Promise<WordsJudged> {
    const { server, seq } = document;
    return await this.#sql.begin(async (tx) => {
      // Two processes may have fetched at once: the higher `seq` stays.
      const [stored] = await tx`
        insert into key_documents (server, seq, fetched_ts) values (${server}, ${seq}, ${nowMs})
        on conflict (server) do update set seq = excluded.seq, fetched_ts = excluded.fetched_ts
        where key_documents.seq <= excluded.seq returning 1`;
      if (stored === undefined) return { confirmed: [], denied: [] };
      const onWord = await tx<{ key_id: KeyId }[]>`
        select key_id from key_entries where server = ${server} and word_of is not null`;
      await insertListed(tx, document, nowMs);
      return onWord.length === 0
        ? { confirmed: [], denied: [] }
        : await judgeWords(tx, document, { onWord: onWord.map((row) => row.key_id), nowMs });
    });
  }

  async addListed(excerpt: KeyDocument, nowMs: number): Promise<void> {
    await this.#sql.begin(async (tx) => await insertListed(tx, excerpt, nowMs));
  }

  async serversOnWord(limit: number): Promise<readonly ServerName[]> {
    const rows = await this.#sql<{ server: ServerName }[]>`
      select distinct server from key_entries
      where word_of is not null and denied_ts is null order by server limit ${limit}`;
    return rows.map(({ server }) => server);
  }

  #wanted(names: readonly KeyName[]) {
    return this.#sql`(select unnest(${names.map(({ server }) => server)}::text[]) as server,
      unnest(${names.map(({ keyId }) => keyId)}::text[]) as key_id) as wanted`;
  }
}

/** A full document lists the newest alone, and says nothing of what is older. */
async function judgeWords(
  tx: Queryable,
  { server, keys }: KeyDocument,
  { onWord, nowMs }: { readonly onWord: readonly KeyId[]; readonly nowMs: number },
): Promise<WordsJudged> {
  const listed = new Set<KeyId>(keys.map((entry) => keyIdOf(entry)));
  const coversFrom = keys.length < limits.keys.maxEntriesInDocument
    ? 0
    : Math.min(...keys.map((entry) => entry.valid_from));
  const denied = await tx<{ key_id: KeyId }[]>`
    update key_entries set denied_ts = ${nowMs}
    where server = ${server} and word_of is not null and denied_ts is null
      and valid_from >= ${coversFrom} returning key_id`;
  return {
    confirmed: onWord.filter((keyId) => listed.has(keyId)),
    denied: denied.map((row) => row.key_id),
  };
}

async function insertListed(
  tx: Queryable,
  { server, keys, revoked }: KeyDocument,
  nowMs: number,
): Promise<void> {
  const entries = keys.map((entry) => ({ entry, voucher: undefined, listed: true }));
  await insertEntries(tx, entries, nowMs);
  for (const revocation of revoked) {
    await tx`
      insert into key_revocations (server, key_id, revoked_ts, reason)
      values (${server}, ${revocation.key_id}, ${revocation.revoked_ts}, ${revocation.reason})
      on conflict do nothing`;
  }
}

async function insertEntries(
  tx: Queryable,
  entries: readonly HeldEntry[],
  nowMs: number,
): Promise<void> {
  for (const { entry, voucher, listed, word } of entries) {
    await tx`
      insert into key_entries (server, key_id, key, valid_from, valid_until, first_seen_ts,
        vouched_by, voucher_signature, listed, word_of, word_ts)
      select ${entry.server}, ${keyIdOf(entry)}, ${entry.key}, ${entry.valid_from}::bigint,
        ${entry.valid_until}::bigint, ${nowMs}::bigint, ${voucher?.keyId ?? null},
        ${voucher?.signature ?? null}, ${listed}, ${word?.of ?? null}::text[],
        ${word?.takenTs ?? null}::bigint
      where (select count(*) from key_entries where server = ${entry.server})
        < ${MAX_ENTRIES_PER_SERVER}
      on conflict (server, key_id) do update
        set listed = key_entries.listed or excluded.listed,
          vouched_by = coalesce(key_entries.vouched_by, excluded.vouched_by),
          voucher_signature = coalesce(key_entries.voucher_signature, excluded.voucher_signature),
          word_of = case when excluded.word_of is not null then key_entries.word_of end,
          word_ts = case when excluded.word_of is not null then key_entries.word_ts end,
          denied_ts = case when excluded.word_of is not null then key_entries.denied_ts end`;
  }
}

function heldOf(row: EntryRow): HeldEntry {
  const { server, key, valid_from, valid_until } = row;
  return {
    entry: { server, key, valid_from, valid_until },
    voucher: row.vouched_by === null || row.voucher_signature === null
      ? undefined
      : { keyId: row.vouched_by, signature: row.voucher_signature },
    listed: row.listed,
    ...(row.word_of === null ? {} : {
      word: {
        of: row.word_of,
        takenTs: row.word_ts ?? 0,
        ...(row.denied_ts === null ? {} : { deniedTs: row.denied_ts }),
      },
    }),
  };
}
