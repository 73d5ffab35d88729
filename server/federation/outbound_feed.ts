import { serverOf } from "../../core/ids/user_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { StoredEvent } from "../postgres/event_rows.ts";
import type { FeedBatch } from "../postgres/log_feed.ts";
import { advanceToken, type SyncToken } from "../postgres/sync_token.ts";
import type { MissedGraphs } from "./missed_graphs.ts";
import type { PostgresOutgoingLog } from "./outgoing_log.ts";
import type { RoomServers } from "./room_servers.ts";
import type { ServerSight } from "./server_sight.ts";
import type { SightWatch } from "./sight_watch.ts";

/** Batches that wait to be looked at; beyond it everybody reads from Postgres. */
const WAITING_MAX = 10_000;
/** The database is away: look again after this long. */
const PAUSE_MS = 1_000;
/** How far membership was followed is stored this often. */
const SAVE_MS = 60_000;

export interface OutboundFeedDeps {
  readonly servers: RoomServers;
  readonly sight: ServerSight;
  readonly missed: MissedGraphs;
  readonly watch: SightWatch;
  readonly outgoing: PostgresOutgoingLog;
  readonly serverName: ServerName;
  /** Ends when the rooms in memory know everything that came so far. */
  readonly settled: () => Promise<void>;
  /** Without servers: all of them. */
  readonly wake: (servers?: Iterable<ServerName>) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * What is stored, on its way to those who send it: who shares the room is settled first, then
 * it can be read, then they are woken.
 */
export class OutboundFeed implements AsyncDisposable {
  readonly #deps: OutboundFeedDeps;
  readonly #stopping = new AbortController();
  readonly #saving: Promise<void>;
  #waiting: FeedBatch[] = [];
  /** What was stored before the first batch, or let go since, stands in the database alone. */
  #missed = true;
  #working: Promise<void> | undefined;

  constructor(deps: OutboundFeedDeps) {
    this.#deps = deps;
    this.#saving = this.#saveNowAndThen();
  }

  /** Hears what is stored. Never waits. */
  take(batch: FeedBatch): void {
    this.#waiting.push(batch);
    if (this.#waiting.length > WAITING_MAX) {
      this.#waiting = [];
      this.#missed = true;
    }
    this.#start();
  }

  /** Takes up what was stored before the first batch. */
  async begin(): Promise<void> {
    this.#start();
    await this.#working;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#working;
    await this.#saving;
    await this.#deps.servers.save().catch(() => undefined);
  }

  #start(): void {
    if (this.#working !== undefined || this.#stopping.signal.aborted) return;
    this.#working = this.#work().finally(() => {
      this.#working = undefined;
      if (this.#waiting.length > 0) this.#start();
    });
  }

  async #work(): Promise<void> {
    const { clock, log } = this.#deps;
    while ((this.#missed || this.#waiting.length > 0) && !this.#stopping.signal.aborted) {
      try {
        if (this.#missed) await this.#catchUp();
        else await this.#lookAtNext();
      } catch (error) {
        log.log("warn", "It could not be found out who gets what was said.", { error });
        await clock.sleep(PAUSE_MS, this.#stopping.signal).catch(() => undefined);
      }
    }
  }

  async #catchUp(): Promise<void> {
    const { servers, missed, outgoing, wake } = this.#deps;
    this.#missed = false;
    try {
      await servers.catchUp();
    } catch (error) {
      this.#missed = true;
      throw error;
    }
    outgoing.skipTo(servers.followed);
    missed.lookAtAll();
    wake();
  }

  async #lookAtNext(): Promise<void> {
    const [batch] = this.#waiting;
    if (batch === undefined) return;
    await this.#look(batch);
    // It may have been let go with all others meanwhile.
    if (this.#waiting[0] === batch) this.#waiting.shift();
  }

  async #look({ events, token }: FeedBatch): Promise<void> {
    const { servers, watch, outgoing, wake } = this.#deps;
    const before = servers.followed;
    if (events.some(isControl)) await this.#deps.settled();
    const newcomers = await servers.follow(events, token);
    const { recent, targets } = await this.#sort(events, before);
    for (const server of newcomers) targets.add(server);
    // At once: whoever stands at the log's end has been woken for all that came before it.
    outgoing.take(recent, servers.followed);
    if (targets.size > 0) wake(targets);
    for (const event of events) if (isControl(event)) watch.notice(event.roomId);
  }

  async #sort(events: readonly StoredEvent[], before: SyncToken) {
    const { servers, sight, serverName } = this.#deps;
    const recent: { stored: StoredEvent; after: SyncToken }[] = [];
    const targets = new Set<ServerName>();
    let after = before;
    for (const stored of events) {
      after = advanceToken(after, stored);
      if (stored.outcome !== "accepted" || stored.moved === true) continue;
      if (serverOf(stored.sender) !== serverName || servers.in(stored.roomId).length === 0) {
        continue;
      }
      recent.push({ stored, after });
      for (const server of await sight.targets(stored)) targets.add(server);
    }
    return { recent, targets };
  }

  async #saveNowAndThen(): Promise<void> {
    const { clock, servers, log } = this.#deps;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await clock.sleep(SAVE_MS, signal).catch(() => undefined);
      if (signal.aborted) return;
      await servers.save().catch((error) =>
        log.log("warn", "How far membership was followed could not be stored.", { error })
      );
    }
  }
}

function isControl({ channelId, outcome }: StoredEvent): boolean {
  return channelId === undefined && outcome === "accepted";
}
