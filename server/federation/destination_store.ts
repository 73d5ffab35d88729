import type { ServerName } from "../../core/ids/server_name.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { FailureNote, Health } from "../../federation/outbound/health.ts";
import type { Destination, DestinationStore, Mark } from "../../federation/outbound/ports.ts";
import { LOCK_CLASS } from "../postgres/lock_keys.ts";
import { recordset } from "../postgres/row_kind.ts";
import type { Queryable, Sql } from "../postgres/sql.ts";
import { storedServer } from "./stays.ts";

/** A process that lives but renews nothing for so long has lost its destinations. */
const LEASE_MS = 90_000;
/** Destinations taken in one statement. */
const CLAIMED_AT_ONCE = 1_000;

export interface DestinationStoreDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  /** This process, as a writer of the log: its life lock says whether it lives. */
  readonly writerId: () => number;
  /** Where a destination without any room begins. */
  readonly tip: () => Mark;
}

export interface DestinationRow {
  server: string;
  mark: Mark;
  first_seen_ts: number;
  failures: number;
  failing_since_ts: number | null;
  next_try_ts: number;
  last_try_ts: number | null;
  last_success_ts: number | null;
  error_kind: FailureNote["kind"] | null;
  error_text: string | null;
  error_ts: number | null;
  paused_ts: number | null;
}

export class PostgresDestinationStore implements DestinationStore {
  readonly #deps: DestinationStoreDeps;

  constructor(deps: DestinationStoreDeps) {
    this.#deps = deps;
  }

  async claimFree(): Promise<readonly Destination[]> {
    const { sql, clock } = this.#deps;
    const me = this.#deps.writerId();
    const nowMs = clock.now();
    return await sql.begin(async (tx) => {
      const dead = await deadHolders(tx, me);
      const rows = await tx<DestinationRow[]>`
        update destinations set holder = ${me}, lease_until_ts = ${nowMs + LEASE_MS}
        where server in (
          select server from destinations
          where holder is null or holder = any(${dead}::int[])
            or (holder <> ${me} and lease_until_ts < ${nowMs})
          order by server limit ${CLAIMED_AT_ONCE} for update skip locked)
        returning *`;
      return rows.map(readDestination);
    });
  }

  async claim(server: ServerName): Promise<Destination | undefined> {
    const { sql, clock, tip } = this.#deps;
    const me = this.#deps.writerId();
    const nowMs = clock.now();
    return await sql.begin(async (tx) => {
      const dead = await deadHolders(tx, me);
      await tx`
        insert into destinations (server, mark, first_seen_ts) values (${server}, ${tip()}, ${nowMs})
        on conflict do nothing`;
      const [row] = await tx<DestinationRow[]>`
        update destinations set holder = ${me}, lease_until_ts = ${nowMs + LEASE_MS}
        where server = ${server} and (holder is null or holder = ${me}
          or holder = any(${dead}::int[]) or lease_until_ts < ${nowMs})
        returning *`;
      return row === undefined ? undefined : readDestination(row);
    });
  }

  async save(destinations: readonly Destination[]): Promise<readonly ServerName[]> {
    const { sql } = this.#deps;
    const rows = await sql<{ server: string }[]>`
      update destinations d set mark = x.m, failures = x.f, failing_since_ts = x.fs,
        next_try_ts = x.n, last_try_ts = x.t, last_success_ts = x.ls, error_kind = x.ek,
        error_text = x.et, error_ts = x.ea
      from json_to_recordset(${recordset(sql, destinations.map(encode))})
        as x(s text, m text, f int, fs bigint, n bigint, t bigint, ls bigint, ek text, et text,
          ea bigint)
      where d.server = x.s and d.holder = ${this.#deps.writerId()}
      returning d.server`;
    const stored = new Set(rows.map(({ server }) => server));
    return destinations.map(({ server }) => server).filter((server) => !stored.has(server));
  }

  async renew(): Promise<ReadonlyMap<ServerName, number>> {
    const until = this.#deps.clock.now() + LEASE_MS;
    const rows = await this.#deps.sql<{ server: string; paused_ts: number | null }[]>`
      update destinations set lease_until_ts = ${until} where holder = ${this.#deps.writerId()}
      returning server, paused_ts`;
    return new Map(
      rows.flatMap(({ server, paused_ts: ts }) =>
        ts === null ? [] : [[storedServer(server), ts] as const]
      ),
    );
  }

  async release(): Promise<void> {
    await this.#deps.sql`
      update destinations set holder = null where holder = ${this.#deps.writerId()}`;
  }
}

/** Stores that nothing is sent to a server by itself, or (null) that it is again. */
export async function storePause(
  sql: Queryable,
  server: ServerName,
  sinceMs: number | null,
): Promise<void> {
  await sql`update destinations set paused_ts = ${sinceMs} where server = ${server}`;
}

/** Whether an administrator has paused what is sent to a server. */
export async function isPaused(sql: Queryable, server: ServerName): Promise<boolean> {
  const rows = await sql`
    select 1 from destinations where server = ${server} and paused_ts is not null`;
  return rows.length > 0;
}

/** Holders whose process is gone: nobody has the lock that says it lives. */
async function deadHolders(tx: Queryable, me: number): Promise<number[]> {
  const rows = await tx<{ holder: number; dead: boolean }[]>`
    select holder, pg_try_advisory_xact_lock_shared(${LOCK_CLASS.writerAlive}, holder) as dead
    from (select distinct holder from destinations where holder <> ${me}) held`;
  return rows.filter(({ dead }) => dead).map(({ holder }) => holder);
}

export function readDestination(row: DestinationRow): Destination {
  return {
    server: storedServer(row.server),
    mark: row.mark,
    health: readHealth(row),
    ...(row.paused_ts === null ? {} : { pausedSinceMs: row.paused_ts }),
  };
}

export function readHealth(row: DestinationRow): Health {
  const { error_kind: kind, error_text: text, error_ts: atMs } = row;
  return {
    failures: row.failures,
    nextTryMs: row.next_try_ts,
    ...(row.failing_since_ts === null ? {} : { failingSinceMs: row.failing_since_ts }),
    ...(row.last_try_ts === null ? {} : { lastTryMs: row.last_try_ts }),
    ...(row.last_success_ts === null ? {} : { lastSuccessMs: row.last_success_ts }),
    ...(kind === null || text === null || atMs === null ? {} : { lastError: { kind, text, atMs } }),
  };
}

function encode({ server, mark, health }: Destination) {
  return {
    s: server,
    m: mark,
    f: health.failures,
    fs: health.failingSinceMs,
    n: Math.ceil(health.nextTryMs),
    t: health.lastTryMs,
    ls: health.lastSuccessMs,
    ek: health.lastError?.kind,
    et: health.lastError?.text.replaceAll("\0", ""),
    ea: health.lastError?.atMs,
  };
}
