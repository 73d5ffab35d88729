import type { AwayServer } from "../../../core/api/delivery.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { ServerName } from "../../../core/ids/server_name.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Authority } from "../../../core/permissions/authority.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { Log } from "../../../core/ports/log.ts";
import { storedServer } from "../../federation/stays.ts";
import type { Sql } from "../../postgres/sql.ts";

/** A server that has failed for so long is shown as away; shorter trouble is nobody's concern. */
export const AWAY_AFTER_MS = 60_000;
/** How often it is looked whether one went or came back, whichever process sends to it. */
const LOOK_MS = 5_000;
/** Servers shown as away at once. */
const AWAY_MAX = 10_000;

export interface AwayDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly log: Log;
  /** Rooms that a server shares with this one. */
  readonly roomsOf: (server: ServerName) => readonly RoomId[];
  /** Who looks at one of these rooms sees other servers as away than before. */
  readonly changed: (rooms: Iterable<RoomId>) => void;
  /** All that are away now, where these are others than before. */
  readonly went: (servers: ReadonlySet<ServerName>) => void;
}

/**
 * Servers that nothing reaches: so that people know who may not see what they say. Empty until
 * it is followed.
 */
export class AwayServers {
  #since: ReadonlyMap<ServerName, number> = new Map();
  readonly #counts = new WeakMap<ReadonlySet<UserId>, ReadonlyMap<ServerName, number>>();

  sinceMs(server: ServerName): number | undefined {
    return this.#since.get(server);
  }

  /** Of the servers with members in a room. */
  in(authority: Authority): AwayServer[] {
    if (this.#since.size === 0) return [];
    const away = [...authority.joinedServers()].filter((server) => this.#since.has(server)).sort();
    if (away.length === 0) return [];
    const counts = this.#membersOf(authority);
    return away.map((server) => ({
      server,
      since_ts: this.#since.get(server) ?? 0,
      members: counts.get(server) ?? 0,
    }));
  }

  #membersOf(authority: Authority): ReadonlyMap<ServerName, number> {
    const users = authority.joinedUsers();
    const known = this.#counts.get(users);
    if (known !== undefined) return known;
    const counts = authority.membersByServer();
    this.#counts.set(users, counts);
    return counts;
  }

  /** Looks now and then, until the returned function is called. */
  follow(deps: AwayDeps): () => Promise<void> {
    const stopping = new AbortController();
    const following = this.#follow(deps, stopping.signal);
    return async () => {
      stopping.abort();
      await following;
    };
  }

  async #follow(deps: AwayDeps, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.look(deps).catch((error) =>
        deps.log.log("warn", "It could not be read which servers are away.", { error })
      );
      await deps.clock.sleep(LOOK_MS, signal).catch(() => undefined);
    }
  }

  /** Reads who is away now, and tells whom it concerns. */
  async look(deps: Omit<AwayDeps, "log">): Promise<void> {
    const rows = await deps.sql<{ server: string; failing_since_ts: number }[]>`
      select server, failing_since_ts from destinations
      where failing_since_ts <= ${deps.clock.now() - AWAY_AFTER_MS}
      order by failing_since_ts limit ${AWAY_MAX}`;
    const now = new Map(rows.map((row) => [storedServer(row.server), row.failing_since_ts]));
    const former = this.#since;
    this.#since = now;
    const moved = [...new Set([...former.keys(), ...now.keys()])]
      .filter((server) => former.has(server) !== now.has(server));
    if (moved.length === 0) return;
    deps.went(new Set(now.keys()));
    const rooms = new Set(moved.flatMap((server) => [...deps.roomsOf(server)]));
    if (rooms.size > 0) deps.changed(rooms);
  }
}
