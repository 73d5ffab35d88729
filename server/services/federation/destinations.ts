import type { Destination } from "../../../core/api/admin_federation.ts";
import { OperationError } from "../../../core/errors.ts";
import { parseServerName, type ServerName } from "../../../core/ids/server_name.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import { standingOf } from "../../../federation/outbound/health.ts";
import type { OutboundEngine } from "../../../federation/outbound/outbound_engine.ts";
import { type NamedPolicy, TransportError } from "../../../federation/ports.ts";
import { writeAudit } from "../accounts/audit.ts";
import {
  type DestinationRow,
  readDestination,
  storePause,
} from "../../federation/destination_store.ts";
import { listKeysOnWord } from "../../federation/keys_on_word.ts";
import type { PostgresOutgoingLog } from "../../federation/outgoing_log.ts";
import type { RoomServers } from "../../federation/room_servers.ts";
import type { Sql } from "../../postgres/sql.ts";

/** What waits for one server is counted this far. */
const WAITING_MAX = 1_000;

export interface DestinationDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly serverName: ServerName;
  readonly policy: NamedPolicy;
  readonly engine: OutboundEngine;
  readonly outgoing: PostgresOutgoingLog;
  readonly servers: RoomServers;
}

/** A page of the servers that this one sends to, those with trouble first. */
export async function listDestinations(
  deps: DestinationDeps,
  page: { readonly limit: number; readonly offset: number },
): Promise<{ destinations: Destination[]; total: number; failing: number }> {
  const { sql } = deps;
  const rows = await sql<DestinationRow[]>`
    select * from destinations order by failures > 0 desc, server
    limit ${page.limit} offset ${page.offset}`;
  const [counts] = await sql<{ total: number; failing: number }[]>`
    select count(*) as total, count(*) filter (where failures > 0) as failing from destinations`;
  const destinations: Destination[] = [];
  for (const row of rows) destinations.push(await project(deps, row));
  return { destinations, total: counts?.total ?? 0, failing: counts?.failing ?? 0 };
}

/** @throws OperationError `not_found` */
export async function getDestination(deps: DestinationDeps, typed: string): Promise<Destination> {
  return await project(deps, await findRow(deps, typed));
}

/** Sends at once what waits. @throws OperationError `not_found`, `conflict` where it is paused */
export async function retryDestination(deps: DestinationDeps, typed: string): Promise<void> {
  const { server, pausedSinceMs } = readDestination(await findRow(deps, typed));
  if (pausedSinceMs !== undefined) {
    throw new OperationError(
      "conflict",
      `${server} is paused: openguild federation resume ${server} sends what waits.`,
    );
  }
  deps.engine.retry(server);
}

/**
 * Sends nothing to a server by itself any more, or goes on and sends what waited. Written to the
 * audit log; the command line has no `actor`. @throws OperationError `not_found`
 */
export async function setDestinationPaused(
  deps: DestinationDeps,
  typed: string,
  act: { readonly paused: boolean; readonly actor: UserId | null },
): Promise<void> {
  const { sql, clock, engine } = deps;
  const { server, pausedSinceMs } = readDestination(await findRow(deps, typed));
  if ((pausedSinceMs !== undefined) === act.paused) return;
  const now = clock.now();
  await sql.begin(async (tx) => {
    await storePause(tx, server, act.paused ? now : null);
    const action = act.paused ? "federation.pause" : "federation.resume";
    await writeAudit(tx, { ts: now, actor: act.actor, action, target: server });
  });
  engine.pause(server, act.paused ? now : undefined);
}

export interface ServerTest {
  readonly reachable: boolean;
  readonly ms: number | null;
  readonly error: { readonly kind: string; readonly text: string } | null;
}

/** Asks any server whether it takes a request of ours. @throws OperationError `invalid` */
export async function testServer(deps: DestinationDeps, typed: string): Promise<ServerTest> {
  const server = typedServer(typed);
  if (server === deps.serverName) {
    throw new OperationError(
      "invalid",
      `${server} is this server itself: openguild doctor looks at how others reach it.`,
    );
  }
  try {
    const { ms } = await deps.engine.test(server);
    return { reachable: true, ms, error: null };
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    return { reachable: false, ms: null, error: { kind: error.kind, text: error.message } };
  }
}

/** @throws OperationError `invalid` */
export function typedServer(typed: string): ServerName {
  const server = parseServerName(typed.trim().toLowerCase());
  if (server !== undefined) return server;
  throw new OperationError(
    "invalid",
    `${JSON.stringify(typed.slice(0, 255))} is no name of a server: give it like example.com.`,
  );
}

/** @throws OperationError `invalid`, `not_found` */
async function findRow({ sql }: DestinationDeps, typed: string): Promise<DestinationRow> {
  const [row] = await sql<DestinationRow[]>`
    select * from destinations where server = ${typedServer(typed)}`;
  if (row !== undefined) return row;
  throw new OperationError(
    "not_found",
    `This server sends nothing to ${JSON.stringify(typed.slice(0, 255))}: no room has people of ` +
      "both.",
  );
}

async function project(deps: DestinationDeps, row: DestinationRow): Promise<Destination> {
  const { clock, policy, outgoing, servers } = deps;
  const stored = readDestination(row);
  // Whoever sends to it knows more than is stored yet.
  const held = deps.engine.find(stored.server);
  const { server, mark, health } = held ?? stored;
  const { pausedSinceMs } = stored;
  const blocked = policy.refusal(server);
  const lag = held?.idle === true
    ? { count: 0 }
    : await outgoing.lag(server, mark, WAITING_MAX + 1);
  const [onWord] = await listKeysOnWord(deps.sql, { servers: [server], limit: 1 });
  return {
    server,
    state: blocked !== undefined
      ? "blocked"
      : pausedSinceMs !== undefined
      ? "paused"
      : standingOf(health),
    paused_since_ts: pausedSinceMs ?? null,
    blocked_reason: blocked ?? null,
    blocked_code: policy.barrier(server) ?? null,
    rooms: servers.roomsOf(server).length,
    waiting: Math.min(lag.count, WAITING_MAX),
    waiting_is_more: lag.count > WAITING_MAX,
    lag_ms: "oldestTs" in lag ? Math.max(0, clock.now() - lag.oldestTs) : 0,
    failures: health.failures,
    failing_since_ts: health.failingSinceMs ?? null,
    next_try_ts: health.failures > 0 && pausedSinceMs === undefined ? health.nextTryMs : null,
    last_success_ts: health.lastSuccessMs ?? null,
    last_error: health.lastError === undefined ? null : {
      kind: health.lastError.kind,
      text: health.lastError.text,
      ts: health.lastError.atMs,
    },
    keys_on_word: onWord === undefined
      ? null
      : { keys: onWord.keys, denied: onWord.denied, word_of: [...onWord.wordOf] },
    first_seen_ts: row.first_seen_ts,
  };
}
