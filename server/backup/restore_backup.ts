import { Readable } from "node:stream";
import type { BlobStore } from "../../core/ports/blob_store.ts";
import { LOCK_CLASS } from "../postgres/lock_keys.ts";
import { loadMigrations, migrateWithin } from "../postgres/migrate.ts";
import type { Sql, Tx } from "../postgres/sql.ts";
import { listTables, quoted } from "./catalog.ts";
import type { CheckedBackup } from "./check_file.ts";
import { BackupError, type BackupHeader, type OnProgress, tableOfPart } from "./format.ts";
import { loadRows } from "./load_rows.ts";
import { readTar, type TarEntry } from "./tar_reader.ts";
import { dropEverything, findRows, withoutConstraints } from "./target_schema.ts";

export interface RestoreDeps {
  readonly sql: Sql;
  /** Absent in a trial restore: files are then only checked. */
  readonly blobs?: BlobStore | undefined;
  /**
   * Makes another server of the copy, in the restore's own transaction: new signing keys, so
   * that it never signs with one that its origin may still use (PROTOCOL.md 8), and sync tokens
   * that are not taken for the origin's.
   */
  readonly makeDistinct: (tx: Tx) => Promise<void>;
  /** Default: the program's own. */
  readonly migrations?: string;
}

export interface RestoreRequest {
  readonly backup: CheckedBackup;
  /** Replaces what the target holds. */
  readonly force: boolean;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/**
 * Puts a checked backup into an empty target, embedded or outside, in the schema it was made
 * in, and then brings that up to this program's. What was there goes and what comes is there in
 * one transaction, so that an end at any moment, of the process too, leaves the one or the other
 * whole. Files of the backup are put before that, and files it does not have are taken away only
 * after it; no key stands for two contents.
 * @throws BackupError when the target is in use or the backup is of a newer program.
 */
export async function restoreBackup(deps: RestoreDeps, request: RestoreRequest): Promise<void> {
  const { header } = request.backup;
  const folder = deps.migrations === undefined ? {} : { folder: deps.migrations };
  const only = await knownVersions(header, deps.migrations);
  await requireTarget(deps, request);
  const kept = new Set<string>();
  await deps.sql.begin(async (tx) => {
    await dropEverything(tx);
    await migrateWithin(tx, { ...folder, only });
    await checkColumns(tx, header);
    await withoutConstraints(tx, header.tables, () => loadAll(tx, { deps, request, kept }));
    await setSequences(tx, header);
    await compareCounts(tx, request.backup);
    await migrateWithin(tx, folder);
    await deps.makeDistinct(tx);
  });
  await removeOthers(deps, kept);
}

/** The migrations of the backup, each of which this program must have, unchanged. */
async function knownVersions(
  header: BackupHeader,
  folder: string | undefined,
): Promise<Set<number>> {
  const own = new Map((await loadMigrations(folder)).map((step) => [step.version, step]));
  for (const { version, name, checksum } of header.migrations) {
    if (own.get(version)?.checksum === checksum) continue;
    throw new BackupError(
      `The backup was made by another version of this program (${header.program}; its database ` +
        `has step ${version} "${name}", which this one does not know). Restore it with that ` +
        `version or a newer one.`,
    );
  }
  return new Set(header.migrations.map((migration) => migration.version));
}

async function requireTarget(deps: RestoreDeps, request: RestoreRequest): Promise<void> {
  await requireNobody(deps.sql);
  const inUse = await findRows(deps.sql);
  const hasBlobs = await anyBlob(deps.blobs);
  if (!request.force && (inUse !== undefined || hasBlobs)) {
    const what = inUse === undefined ? "files" : `rows in the table "${inUse}"`;
    throw new BackupError(
      `The target is not empty: it holds ${what}. Restore into a new data folder or database, ` +
        `or replace everything there with --force.`,
    );
  }
}

/**
 * No server runs on the database: its data folder, which is locked, may be another one than that
 * of the restore, on another machine too.
 */
async function requireNobody(sql: Sql): Promise<void> {
  const [row] = await sql<{ running: number }[]>`
    select count(*)::int as running from pg_locks where locktype = 'advisory' and granted
      and classid = ${LOCK_CLASS.writerAlive}
      and database = (select oid from pg_database where datname = current_database())`;
  const running = row?.running ?? 0;
  if (running === 0) return;
  throw new BackupError(
    `A server runs on this database (processes: ${running}), and would lose what it stands on. ` +
      `Stop it, then restore.`,
  );
}

async function anyBlob(blobs: BlobStore | undefined): Promise<boolean> {
  if (blobs === undefined) return false;
  for await (const _ of blobs.list("")) return true;
  return false;
}

async function checkColumns(tx: Tx, header: BackupHeader): Promise<void> {
  const there = new Map((await listTables(tx)).map((table) => [table.name, table]));
  for (const table of header.tables) {
    const columns = JSON.stringify(there.get(table.name)?.columns);
    if (columns !== JSON.stringify(table.columns)) {
      throw new BackupError(
        `The backup's table "${table.name}" is not as its migrations make it; was the database ` +
          `changed by hand?`,
      );
    }
  }
  const names = [...there.keys()].map(quoted).join(", ");
  if (names !== "") await tx.unsafe(`truncate ${names}`);
}

interface Load {
  readonly deps: RestoreDeps;
  readonly request: RestoreRequest;
  /** Keys of the blobs that were put. */
  readonly kept: Set<string>;
}

async function loadAll(tx: Tx, load: Load): Promise<void> {
  const { request } = load;
  const { path, header, manifest } = request.backup;
  const tables = new Map(header.tables.map((table) => [table.name, table]));
  const total = manifest.parts.reduce((sum, part) => sum + part.size, 0);
  let done = 0;
  for await (const entry of readTar(path)) {
    request.signal?.throwIfAborted();
    const name = tableOfPart(entry.name);
    const table = name === undefined ? undefined : tables.get(name);
    if (table !== undefined) {
      await loadRows(tx, table, entry);
      request.onProgress?.("database rows", done, total);
    } else if (entry.name.startsWith("blobs/")) {
      await putBlob(entry, load);
      request.onProgress?.("files", done, total);
    }
    done += entry.size;
  }
  request.onProgress?.("files", total, total);
}

async function putBlob(entry: TarEntry, load: Load): Promise<void> {
  const { blobs } = load.deps;
  if (blobs === undefined) return;
  const key = entry.name.slice("blobs/".length);
  const body = Readable.toWeb(Readable.from(entry.body)) as ReadableStream<Uint8Array>;
  await blobs.put(key, body, entry.size);
  load.kept.add(key);
}

async function setSequences(tx: Tx, header: BackupHeader): Promise<void> {
  for (const { name, last_value, is_called } of header.sequences) {
    await tx`select setval(${quoted(name)}::regclass, ${last_value}::text::bigint, ${is_called})`;
  }
}

async function compareCounts(tx: Tx, backup: CheckedBackup): Promise<void> {
  for (const [table, expected] of Object.entries(backup.manifest.rows)) {
    const [row] = await tx.unsafe(`select count(*)::text from ${quoted(table)}`).values();
    if (Number(row?.[0]) !== expected) {
      throw new BackupError(
        `The table "${table}" has ${row?.[0]} rows after the restore, not ${expected}.`,
      );
    }
  }
}

async function removeOthers(deps: RestoreDeps, kept: ReadonlySet<string>): Promise<void> {
  if (deps.blobs === undefined) return;
  for await (const { key } of deps.blobs.list("")) {
    if (!kept.has(key)) await deps.blobs.delete(key);
  }
}
