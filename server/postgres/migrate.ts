import { createHash } from "node:crypto";
import type { Log } from "../../core/ports/log.ts";
import { assetPath } from "../system/assets.ts";
import { systemClock } from "../system/clock.ts";
import { DatabaseRefusedError } from "./connect.ts";
import { LOCK_CLASS } from "./lock_keys.ts";
import type { Queryable, Sql, Tx } from "./sql.ts";

/** One numbered file of `migrations/`. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
  /** Lower-case hex SHA-256 of the file's text. */
  readonly checksum: string;
}

export interface MigrationStatus {
  readonly version: number;
  readonly name: string;
  /** Milliseconds since the epoch; undefined while the migration waits. */
  readonly appliedTs: number | undefined;
}

export interface MigrateOptions {
  readonly log: Log;
  /** Default: the program's own `migrations` folder. */
  readonly folder?: string;
  readonly now?: () => number;
  /** Applies these versions alone: a restore builds the schema that its backup was made in. */
  readonly only?: ReadonlySet<number>;
}

const FILE_NAME = /^(\d{4})_([a-z0-9_]+)\.sql$/;

/** The migrations in a folder, by number. @throws Error when a name or number is wrong. */
export async function loadMigrations(
  folder: string = assetPath("migrations"),
): Promise<readonly Migration[]> {
  const migrations: Migration[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const match = FILE_NAME.exec(entry.name);
    if (!match) throw new Error(`Migration "${entry.name}" is not named NNNN_name.sql.`);
    const sql = await Deno.readTextFile(`${folder}/${entry.name}`);
    const checksum = createHash("sha256").update(sql).digest("hex");
    migrations.push({ version: Number(match[1]), name: match[2] ?? "", sql, checksum });
  }
  migrations.sort((a, b) => a.version - b.version);
  migrations.forEach((migration, index) => {
    const former = migrations[index - 1];
    if (former?.version === migration.version) {
      throw new Error(
        `Migrations "${former.name}" and "${migration.name}" share number ${migration.version}.`,
      );
    }
  });
  return migrations;
}

interface AppliedRow {
  version: number;
  name: string;
  checksum: string;
  applied_ts: number;
}

/**
 * Brings the database up to this program's migrations, each in a transaction of its own, one
 * process at a time. Answers how many were applied.
 * @throws DatabaseRefusedError when the database is newer than the program, or an applied
 * migration's text has changed.
 */
export async function migrate(sql: Sql, options: MigrateOptions): Promise<number> {
  const migrations = await loadMigrations(options.folder);
  const nowMs = options.now ?? systemClock.now;
  const wanted = { migrations, only: options.only };
  // The first start takes all steps at once, and nobody reads twenty lines of that.
  const isNew = (await readApplied(sql)).length === 0;
  for (let count = 0;; count++) {
    const applied = await sql.begin((tx) => applyNext(tx, wanted, nowMs()));
    if (!applied) {
      if (isNew && count > 0) options.log.log("info", "Made the database's tables.");
      return count;
    }
    options.log.log(isNew ? "debug" : "info", "Migrated the database.", {
      version: applied.version,
      name: applied.name,
    });
  }
}

/** The same inside the caller's transaction: all of them or none, whatever ends the process. */
export async function migrateWithin(
  tx: Tx,
  options: Pick<MigrateOptions, "folder" | "now" | "only">,
): Promise<void> {
  const wanted = { migrations: await loadMigrations(options.folder), only: options.only };
  const nowMs = options.now ?? systemClock.now;
  while (await applyNext(tx, wanted, nowMs()) !== undefined);
}

/** Which migrations are applied and which wait; changes nothing. */
export async function status(
  sql: Sql,
  options: Pick<MigrateOptions, "folder"> = {},
): Promise<readonly MigrationStatus[]> {
  const migrations = await loadMigrations(options.folder);
  const applied = await readApplied(sql);
  const rows = migrations.map(({ version, name }) => ({
    version,
    name,
    appliedTs: applied.find((row) => row.version === version)?.applied_ts,
  }));
  const unknown = applied
    .filter((row) => !migrations.some((migration) => migration.version === row.version))
    .map(({ version, name, applied_ts }) => ({ version, name, appliedTs: applied_ts }));
  return [...rows, ...unknown].sort((a, b) => a.version - b.version);
}

interface Wanted {
  readonly migrations: readonly Migration[];
  readonly only: ReadonlySet<number> | undefined;
}

/** Applies the first migration that waits, under the lock; undefined when none does. */
async function applyNext(tx: Tx, wanted: Wanted, nowMs: number): Promise<Migration | undefined> {
  const { migrations, only } = wanted;
  await tx`select pg_advisory_xact_lock(${LOCK_CLASS.migrate}, 0)`;
  await tx`
    create table if not exists schema_migrations (
      version int primary key,
      name text not null,
      checksum text not null,
      applied_ts bigint not null
    )`;
  const applied = await readApplied(tx);
  checkApplied(applied, migrations);
  const done = new Set(applied.map((row) => row.version));
  const next = migrations.find(({ version }) => !done.has(version) && (only?.has(version) ?? true));
  if (next) await applyOne(tx, next, nowMs);
  return next;
}

async function applyOne(tx: Tx, migration: Migration, nowMs: number): Promise<void> {
  try {
    await tx.unsafe(migration.sql);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      `Migration ${migration.version} "${migration.name}" failed and changed nothing: ${why}`,
      { cause: error },
    );
  }
  await tx`
    insert into schema_migrations (version, name, checksum, applied_ts)
    values (${migration.version}, ${migration.name}, ${migration.checksum}, ${nowMs})`;
}

function checkApplied(applied: readonly AppliedRow[], migrations: readonly Migration[]): void {
  for (const row of applied) {
    const known = migrations.find((migration) => migration.version === row.version);
    if (!known) {
      throw new DatabaseRefusedError(
        `The database was migrated by a newer program (step ${row.version} "${row.name}" is ` +
          `unknown here). Start that version again, or a newer one; this one would damage it.`,
      );
    }
    if (known.checksum !== row.checksum) {
      throw new DatabaseRefusedError(
        `Migration ${row.version} "${row.name}" is not the one this database was made with ` +
          `(checksum ${known.checksum.slice(0, 12)}, applied ${row.checksum.slice(0, 12)}). ` +
          `Install an unchanged program.`,
      );
    }
  }
}

async function readApplied(sql: Queryable): Promise<readonly AppliedRow[]> {
  const [table] = await sql<{ name: string | null }[]>`
    select to_regclass('schema_migrations')::text as name`;
  if (!table?.name) return [];
  return await sql<AppliedRow[]>`
    select version, name, checksum, applied_ts from schema_migrations order by version`;
}
