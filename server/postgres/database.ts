import { join } from "node:path";
import type { Log } from "../../core/ports/log.ts";
import { startEmbedded } from "./embedded/start_embedded.ts";
import { connect, requireDurability, requireUtf8 } from "./connect.ts";
import { forgiveStrayWrites } from "./stray_writes.ts";
import { migrate } from "./migrate.ts";
import type { Sql } from "./sql.ts";

export interface OpenDatabaseOptions {
  /** Outside Postgres; absent: the embedded one in `dataFolder`. */
  readonly url?: string;
  /** The locked data folder. */
  readonly dataFolder: string;
  /** Connections of `sql` to an outside Postgres. */
  readonly poolSize: number;
  /** Take an outside Postgres that acknowledges before it stores. */
  readonly acceptUnsafe: boolean;
  /** Connections of an outside Postgres that keep people waiting are given up: a server's. */
  readonly forServing?: boolean;
  readonly log: Log;
  readonly onProgress?: (sentence: string) => void;
  /** The embedded database's thread died. */
  readonly onFailure: (error: Error) => void;
}

/** The homeserver's database: three pools on one set of tables. */
export interface Database extends AsyncDisposable {
  /** `embedded` never calls fsync: what is stored survives the process, not the machine. */
  readonly kind: "postgres" | "embedded";
  /** For reads and for transactions of services. */
  readonly sql: Sql;
  /** For the append log alone, so that no slow read keeps a commit waiting. */
  readonly logSql: Sql;
  /** One connection that is kept: the append log's life lock hangs on it. */
  readonly session: Sql;
}

/** The embedded database's folder below the data folder. */
export const EMBEDDED_FOLDER = "postgres";
const LOG_CONNECTIONS = 4;
/** No statement of a service takes as long, whatever it clears away. */
const SILENCE_MS = 60_000;
/** The log's are short ones. */
const LOG_SILENCE_MS = 20_000;
const EMBEDDED_CONNECTIONS = 4;

/** Connects without migrating: for `doctor`, `migrate status` and tests. */
export async function connectDatabase(options: OpenDatabaseOptions): Promise<Database> {
  const { url } = options;
  return url === undefined ? await openEmbedded(options) : await openOutside(url, options);
}

/**
 * Connects and migrates.
 * @throws DatabaseRefusedError when the database is newer than the program, or acknowledges
 * before it stores.
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<Database> {
  const database = await connectDatabase(options);
  try {
    await migrateAtLeisure(database, options);
    return database;
  } catch (error) {
    await database[Symbol.asyncDispose]();
    throw error;
  }
}

/** One statement of a migration may take minutes, which a connection that serves people may not. */
async function migrateAtLeisure(
  { sql }: Database,
  { url, log }: OpenDatabaseOptions,
): Promise<void> {
  if (url === undefined) {
    await migrate(sql, { log });
    return;
  }
  const patient = connect({ url, log, poolSize: 1 });
  try {
    await migrate(patient, { log });
  } finally {
    await patient.end({ timeout: 5 });
  }
}

async function openOutside(url: string, options: OpenDatabaseOptions): Promise<Database> {
  const { log, forServing = false } = options;
  const sql = connect({
    url,
    log,
    poolSize: options.poolSize,
    ...(forServing ? { silenceMs: SILENCE_MS } : {}),
  });
  const quick = { url, log, ...(forServing ? { silenceMs: LOG_SILENCE_MS } : {}) };
  const logSql = connect({
    ...quick,
    poolSize: LOG_CONNECTIONS,
    genericPlans: true,
    applicationName: "openguild log",
  });
  const session = connect({
    ...quick,
    poolSize: 1,
    keepConnections: true,
    applicationName: "openguild writer",
  });
  const guard = forgiveStrayWrites(log);
  const close = async () => {
    await Promise.all([sql, logSql, session].map((pool) => pool.end({ timeout: 5 })));
    guard[Symbol.dispose]();
  };
  try {
    await requireDurability(sql, options);
    await requireUtf8(sql);
  } catch (error) {
    await close();
    throw error;
  }
  return { kind: "postgres", sql, logSql, session, [Symbol.asyncDispose]: close };
}

async function openEmbedded(options: OpenDatabaseOptions): Promise<Database> {
  const embedded = await startEmbedded({
    folder: join(options.dataFolder, EMBEDDED_FOLDER),
    log: options.log,
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    onFailure: options.onFailure,
  });
  const [sql, logSql, session] = [
    embedded.pool(EMBEDDED_CONNECTIONS),
    embedded.pool(1),
    embedded.pool(1),
  ];
  return {
    kind: "embedded",
    sql,
    logSql,
    session,
    async [Symbol.asyncDispose]() {
      await Promise.all([sql, logSql, session].map((pool) => pool.end({ timeout: 5 })));
      await embedded.close();
    },
  };
}
