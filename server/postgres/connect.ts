import postgres from "postgres";
import type { Log } from "../../core/ports/log.ts";
import { systemClock } from "../system/clock.ts";
import { type DriverOptions, openDriverSocket } from "./driver_socket.ts";
import { endWhenSilent } from "./silent_socket.ts";
import { openTlsSocket, tlsWish } from "./tls_socket.ts";
import { type Sql, SQL_TYPES } from "./sql.ts";

export interface ConnectOptions {
  /** `postgres://user:password@host:port/database` */
  readonly url: string;
  /** Most connections held open at once. */
  readonly poolSize: number;
  readonly log: Log;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName?: string;
  readonly connectTimeoutMs?: number;
  /** Never replace a connection because of its age: for sessions that hold locks. */
  readonly keepConnections?: boolean;
  /** Plan each statement once: for few statements that are sent very often. */
  readonly genericPlans?: boolean;
  /**
   * A connection is ended that is asked something and brings nothing back for so long. Absent for
   * work that may take any time.
   */
  readonly silenceMs?: number;
  /** Called when a connection of the pool ends, wanted or not. */
  readonly onClose?: () => void;
}

/**
 * The driver gathers what it writes until it has 1,024 bytes or the turn of the event loop ends.
 * A connection that ends within such a turn keeps the rest and forgets to write on its next
 * start, which then hangs until the connect timeout, again and again. A start-up packet of more
 * than 1,024 bytes is written at once: the server refuses it together with that rest, and the
 * next start is clean. (A setting with a dot in its name means nothing to the server.)
 */
const STARTUP_PADDING = "x".repeat(1024);

/**
 * A database that answers later is taken for one that does not. Long enough for a machine on which
 * everything starts at once: a server that does not get its first connection ends.
 */
const CONNECT_TIMEOUT_MS = 30_000;

/** Opens a pool; no connection is made before the first query. */
export function connect(options: ConnectOptions): Sql {
  const connectTimeoutMs = options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS;
  return postgres(options.url, {
    // The driver's types know nothing of it.
    ...{ socket: socketOf(options, connectTimeoutMs) },
    // The socket is secure already where it has to be: the driver must not begin again.
    ssl: false,
    max: options.poolSize,
    connect_timeout: connectTimeoutMs / 1000,
    backoff: (attempt: number) => Math.min(0.05 * 2 ** attempt, 2),
    types: SQL_TYPES,
    fetch_types: false,
    ...(options.keepConnections ? { max_lifetime: null } : {}),
    onnotice: (notice) =>
      options.log.log("debug", "Database notice.", { notice: notice["message"] }),
    onclose: () => options.onClose?.(),
    connection: {
      application_name: options.applicationName ?? "openguild",
      "openguild.padding": STARTUP_PADDING,
      // A lost machine must not hold locks for the two hours of the kernel's default.
      tcp_keepalives_idle: 10,
      tcp_keepalives_interval: 5,
      tcp_keepalives_count: 3,
      ...(options.genericPlans ? { plan_cache_mode: "force_generic_plan" } : {}),
    },
  });
}

function socketOf({ url, silenceMs, log }: ConnectOptions, connectTimeoutMs: number) {
  const wish = tlsWish(url);
  const open = wish === undefined ? openDriverSocket : openTlsSocket(wish, connectTimeoutMs);
  if (silenceMs === undefined) return open;
  return async (driver: DriverOptions) =>
    endWhenSilent(await open(driver), { ms: silenceMs, clock: systemClock, log });
}

/** What the database promises about a commit that it has answered. */
export interface Durability {
  readonly fsync: boolean;
  readonly synchronousCommit: boolean;
}

/** The database cannot be used as it is. The message is for the person who starts the server. */
export class DatabaseRefusedError extends Error {
  override readonly name = "DatabaseRefusedError";
}

/**
 * Refuses a database that cannot hold every text.
 * @throws DatabaseRefusedError
 */
export async function requireUtf8(sql: Sql): Promise<void> {
  const [row] = await sql<{ encoding: string }[]>`
    select current_setting('server_encoding') as encoding`;
  if (row === undefined || row.encoding === "UTF8") return;
  throw new DatabaseRefusedError(
    `The database's encoding is ${row.encoding}, which cannot hold all that people write: make ` +
      `one with "createdb -E UTF8 -T template0", and name that in DATABASE_URL.`,
  );
}

export async function readDurability(sql: Sql): Promise<Durability> {
  const [row] = await sql<{ fsync: string; synchronous_commit: string }[]>`
    select current_setting('fsync') as fsync,
      current_setting('synchronous_commit') as synchronous_commit`;
  return { fsync: row?.fsync === "on", synchronousCommit: row?.synchronous_commit !== "off" };
}

/**
 * Refuses a database that acknowledges before it has stored. PROTOCOL.md 1.
 * @throws DatabaseRefusedError unless `acceptUnsafe`.
 */
export async function requireDurability(
  sql: Sql,
  options: { readonly acceptUnsafe: boolean; readonly log: Log },
): Promise<void> {
  const durability = await readDurability(sql);
  const off = [
    ...(durability.fsync ? [] : ["fsync"]),
    ...(durability.synchronousCommit ? [] : ["synchronous_commit"]),
  ];
  if (off.length === 0) return;
  const settings = off.map((name) => `${name}=off`).join(" and ");
  if (!options.acceptUnsafe) {
    throw new DatabaseRefusedError(
      `The database runs with ${settings}: it would say that a message is stored before it is, ` +
        `and lose it when the machine fails. Set ${off.join(" and ")} to on in postgresql.conf, ` +
        `or accept the loss with database.accept_unsafe_durability.`,
    );
  }
  options.log.log("warn", `The database runs with ${settings}: a crash may lose messages.`);
}
