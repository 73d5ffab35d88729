import { readDurability } from "../../postgres/connect.ts";
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
    return [ok(CHECK, "The first start makes the embedded database."), embedded()];
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
    const major = Math.floor(version / 10_000);
    const name = database.kind === "embedded" ? "embedded Postgres" : "Postgres";
    findings.unshift(ok(CHECK, `${name} ${major} answers.`));
  }
  return findings;
}

/** What stands in the report where the database could not even be opened. */
export function unreachable(error: unknown): Finding {
  return problem(
    CHECK,
    `The database does not answer: ${reasonOf(error)}.`,
    "Is Postgres running, and is DATABASE_URL right (host, port, user, password, name)?",
  );
}

export function checkVersion(version: number): Finding[] {
  if (version >= MIN_VERSION) return [];
  return [
    problem(
      CHECK,
      `Postgres is version ${Math.floor(version / 10_000)}.`,
      `Upgrade it to ${MIN_VERSION / 10_000} or later.`,
    ),
  ];
}

function embedded(): Finding {
  return warning(
    CHECK,
    "The embedded database never calls fsync: acknowledged messages survive a crash of the " +
      "process, not of the machine. It has one connection's worth of speed and no replication.",
    "For a community that matters: openguild backup FILE, set DATABASE_URL to a Postgres, " +
      "openguild restore FILE.",
  );
}

async function checkDurability(sql: Sql): Promise<Finding[]> {
  const { fsync, synchronousCommit } = await readDurability(sql);
  const off = [...(fsync ? [] : ["fsync"]), ...(synchronousCommit ? [] : ["synchronous_commit"])];
  return off.map((name) =>
    problem(
      CHECK,
      `Postgres runs with ${name} = off: a crash loses messages that were acknowledged.`,
      `alter system set ${name} = on; then restart Postgres.`,
    )
  );
}

async function checkMigrations(sql: Sql): Promise<Finding[]> {
  const [table] = await sql<{ name: string | null }[]>`
    select to_regclass('schema_migrations')::text as name`;
  const steps = await status(sql);
  const waiting = steps.filter((step) => step.appliedTs === undefined).length;
  if (waiting === 0) return [];
  return [
    table?.name
      ? warning(
        CHECK,
        `${waiting} migration${waiting > 1 ? "s wait" : " waits"}.`,
        "The next start applies what waits, or: openguild migrate",
      )
      : warning(
        CHECK,
        "The database is empty: no server has used it yet.",
        "The next start makes its tables, or: openguild migrate",
      ),
  ];
}
