import type { BlobStore } from "../../core/ports/blob_store.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Sql, Tx } from "../postgres/sql.ts";
import { listMigrations, listSequences, listTables, quoted } from "./catalog.ts";
import { dumpRows } from "./dump_rows.ts";
import {
  BackupError,
  type BackupHeader,
  type BackupManifest,
  FORMAT_VERSION,
  HEADER_NAME,
  MANIFEST_NAME,
  type OnProgress,
} from "./format.ts";
import { TarWriter } from "./tar_writer.ts";

export interface BackupDeps {
  readonly sql: Sql;
  readonly blobs: BlobStore;
  readonly clock: Clock;
}

export interface BackupRequest {
  /** Must not exist. It appears under this name only when it is whole. */
  readonly path: string;
  readonly serverName: string;
  /** The program's version, for people. */
  readonly program: string;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/** A server's whole memory in one file, while it runs: rows of one moment, then the blobs. */
export async function createBackup(
  deps: BackupDeps,
  request: BackupRequest,
): Promise<BackupManifest> {
  if (await exists(request.path)) {
    throw new BackupError(`${request.path} is there already: choose another name.`);
  }
  const partial = `${request.path}.part`;
  await removeIfThere(partial);
  const writer = new TarWriter(partial, { modifiedTs: deps.clock.now() });
  try {
    const rows = await deps.sql.begin(
      "isolation level repeatable read read only",
      (tx) => writeDatabase(tx, { deps, request, writer }),
    );
    const blobs = await writeBlobs({ deps, request, writer });
    const manifest: BackupManifest = { parts: writer.parts, rows, blobs };
    await writer.add(MANIFEST_NAME, new TextEncoder().encode(JSON.stringify(manifest)));
    await writer.finish();
    await Deno.rename(partial, request.path);
    return manifest;
  } catch (error) {
    await writer.abort();
    await removeIfThere(partial);
    throw error;
  }
}

interface Work {
  readonly deps: BackupDeps;
  readonly request: BackupRequest;
  readonly writer: TarWriter;
}

async function writeDatabase(tx: Tx, work: Work): Promise<Record<string, number>> {
  const { deps, request, writer } = work;
  const tables = await listTables(tx);
  const header: BackupHeader = {
    format: FORMAT_VERSION,
    program: request.program,
    server_name: request.serverName,
    created_ts: deps.clock.now(),
    migrations: await listMigrations(tx),
    tables,
    sequences: await listSequences(tx),
  };
  await writer.add(HEADER_NAME, new TextEncoder().encode(JSON.stringify(header)));
  const counts = new Map<string, number>();
  for (const { name } of tables) {
    const [row] = await tx.unsafe(`select count(*)::text from ${quoted(name)}`).values();
    counts.set(name, Number(row?.[0]));
  }
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  let done = 0;
  const rows: Record<string, number> = {};
  for (const table of tables) {
    rows[table.name] = await dumpRows(tx, table, {
      writer,
      onRows(count) {
        request.signal?.throwIfAborted();
        done += count;
        request.onProgress?.("database rows", done, total);
      },
    });
  }
  return rows;
}

async function writeBlobs(work: Work): Promise<BackupManifest["blobs"]> {
  const { deps, request, writer } = work;
  let count = 0;
  let bytes = 0;
  // Listed twice: a name costs little beside its bytes, and nobody waits without knowing how long.
  let total = 0;
  for await (const { size } of deps.blobs.list("")) total += size;
  for await (const info of deps.blobs.list("")) {
    request.signal?.throwIfAborted();
    const body = await deps.blobs.get(info.key);
    // Deleted since it was listed: nothing in the rows of a later moment needs it.
    if (body === undefined) continue;
    await writer.addStream(`blobs/${info.key}`, info.size, body);
    count++;
    bytes += info.size;
    request.onProgress?.("files", bytes, total);
  }
  return { count, bytes };
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
