import { DatabaseRefusedError, readDurability } from "../../postgres/connect.ts";
import type { Database } from "../../postgres/database.ts";
import { status } from "../../postgres/migrate.ts";
import type { Sql } from "../../postgres/sql.ts";
import { type Finding, ok, problem, reasonOf, warning } from "../finding.ts";

const CHECK = "database";
const MIN_VERSION = 150_000;

/**
 * Reachable, new enough, storing before it says so, and at this program's migrations. Undefined:
 * the embedded one, which has not been made yet.
 */
export async function checkDatabase(
  database: Pick<Database, "kind" | "sql"> | undefined,
): Promise<Finding[]> {
  if (database === undefined) {
    return [ok(CHECK, "database.first"), embedded()];
  }
  let version: number;
  try {
    const [row] = await database.sql<{ version: number; text: string }[]>`
      select current_setting('server_version_num')::int as version`;
    version = row?.version ?? 0;
  } catch (error) {
    return [unreachable(error)];
  }
  const findings = [
    ...checkVersion(version),
    ...(database.kind === "embedded" ? [embedded()] : await checkDurability(database.sql)),
    ...await checkMigrations(database.sql),
  ];
  if (findings.every((finding) => finding.status !== "problem")) {
    findings.unshift(
      ok(CHECK, "database.good", { kind: database.kind, version: majorOf(version) }),
    );
  }
  return findings;
}

/** What stands in the report where the database could not even be opened. */
export function unreachable(error: unknown): Finding {
  if (error instanceof DatabaseRefusedError) {
    return problem(CHECK, ["database.refused", "database.other"], { reason: error.message });
  }
  return problem(CHECK, ["database.unreachable", "database.reach"], { reason: reasonOf(error) });
}

export function checkVersion(version: number): Finding[] {
  if (version >= MIN_VERSION) return [];
  return [
    problem(CHECK, ["database.old", "database.upgrade"], {
      version: majorOf(version),
      wanted: majorOf(MIN_VERSION),
    }),
  ];
}

function majorOf(version: number): number {
  return Math.floor(version / 10_000);
}

function embedded(): Finding {
  return warning(CHECK, ["database.embedded", "database.move"]);
}

async function checkDurability(sql: Sql): Promise<Finding[]> {
  const { fsync, synchronousCommit } = await readDurability(sql);
  const off = [...(fsync ? [] : ["fsync"]), ...(synchronousCommit ? [] : ["synchronous_commit"])];
  return off.map((name) => problem(CHECK, ["database.unsafe", "database.safe"], { name }));
}

async function checkMigrations(sql: Sql): Promise<Finding[]> {
  const [table] = await sql<{ name: string | null; usr: string; may: boolean }[]>`
    select to_regclass('schema_migrations')::text as name, current_user as usr,
      coalesce(has_schema_privilege(current_schema(), 'create'), false) as may`;
  const steps = await status(sql);
  const waiting = steps.filter((step) => step.appliedTs === undefined).length;
  if (waiting === 0) return [];
  if (table?.may === false) {
    return [problem(CHECK, ["database.rights", "database.own"], { user: table.usr })];
  }
  return [
    table?.name
      ? warning(CHECK, ["database.behind", "database.migrate"], { n: waiting })
      : warning(CHECK, ["database.empty", "database.tables"]),
  ];
}
