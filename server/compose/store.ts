import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Rng } from "../../core/ports/rng.ts";
import { encodeBase58Of16 } from "../../core/ids/base58.ts";
import { type AppendEntry, AppendLog } from "../postgres/append_log.ts";
import type { Database } from "../postgres/database.ts";
import { LogFeed, type LogFeedOptions } from "../postgres/log_feed.ts";
import { INSTANCE_FACT, settleFact } from "../postgres/server_facts.ts";

/** What every part is handed: time, chance and a log. */
export interface SystemParts {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
}

/** The database and the one writer of this process. */
export interface StoreParts {
  readonly database: Database;
  readonly appendLog: AppendLog;
  /** Everything that any process of this homeserver stores from now on. */
  readonly feed: LogFeed;
}

/** Characters of the name by which sync tokens tell databases apart. */
const INSTANCE_CHARS = 12;
/** How long a stop waits for what is on its way to the database: see `STOP_MS` of `serve`. */
const CLOSE_MS = 2_000;

/** Registers as a writer of the database. */
export async function openStore(
  system: SystemParts,
  scope: {
    readonly database: Database;
    readonly stack: AsyncDisposableStack;
    readonly feed: Pick<LogFeedOptions, "bus" | "pollMs">;
    readonly onAppend?: (entry: AppendEntry) => void;
    readonly onCommit?: (ms: number) => void;
  },
): Promise<StoreParts> {
  const { log, clock, rng } = system;
  const { database } = scope;
  const instance = await settleFact(
    database.sql,
    INSTANCE_FACT,
    encodeBase58Of16(rng.bytes(16)).slice(0, INSTANCE_CHARS),
  );
  const appendLog = await AppendLog.open({
    sql: database.logSql,
    session: database.session,
    clock,
    log: log.child({ part: "append_log" }),
    ...(scope.onAppend === undefined ? {} : { onAppend: scope.onAppend }),
    ...(scope.onCommit === undefined ? {} : { onCommit: scope.onCommit }),
  });
  // A database that is away must not keep the server from stopping: what waits was not promised.
  scope.stack.defer(async () => {
    const closed = new AbortController();
    const late = new AbortController();
    void clock.sleep(CLOSE_MS, closed.signal).then(() => late.abort(), () => undefined);
    await appendLog.close(late.signal);
    closed.abort();
  });
  const feed = scope.stack.use(
    await LogFeed.open({
      sql: database.sql,
      log: appendLog,
      instance,
      clock,
      logger: log,
      ...scope.feed,
    }),
  );
  return { database, appendLog, feed };
}
