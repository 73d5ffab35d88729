import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { MissedGraphs } from "./missed_graphs.ts";
import type { ServerSight } from "./server_sight.ts";

/** Looking takes no more than one part in so many of the time, however large guilds are. */
const SHARE = 10;
/** After a failure to look. */
const PAUSE_MS = 1_000;

export interface SightWatchDeps {
  readonly missed: MissedGraphs;
  readonly sight: ServerSight;
  readonly wake: (servers: Iterable<ServerName>) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * After each change of a room: which servers have come to see channels of which something was
 * passed over for them. Whatever changed, by an event or by a merge, the present alone is looked
 * at, a channel at a time: who sees it is found once for all servers. A room of whose channels
 * nobody lacks anything costs nothing. PROTOCOL.md 8 (who comes in and who comes to see).
 */
export class SightWatch implements AsyncDisposable {
  readonly #deps: SightWatchDeps;
  readonly #changed = new Set<RoomId>();
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;

  constructor(deps: SightWatchDeps) {
    this.#deps = deps;
  }

  /** The state of a room, or of rooms that hang on it, may be another. Never waits. */
  notice(roomId: RoomId): void {
    if (!this.#deps.missed.lacksAnywhere || this.#stopping.signal.aborted) return;
    this.#changed.add(roomId);
    this.#start();
  }

  #start(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#changed.size > 0 && !this.#stopping.signal.aborted) this.#start();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, log, missed } = this.#deps;
    for (const roomId of this.#changed) {
      this.#changed.delete(roomId);
      try {
        for (const hanging of await missed.privateRoomsOf(roomId)) this.#changed.add(hanging);
        await this.#look(roomId);
      } catch (error) {
        log.log("warn", "Who has come to see a channel could not be found out.", { error });
        this.#changed.add(roomId);
        await clock.sleep(PAUSE_MS, this.#stopping.signal).catch(() => undefined);
      }
      if (this.#stopping.signal.aborted) return;
    }
  }

  async #look(roomId: RoomId): Promise<void> {
    const { clock, missed, sight, wake } = this.#deps;
    for (const channelId of missed.channelsOf(roomId)) {
      const begin = clock.monotonic();
      const viewing = await sight.viewing(roomId, channelId);
      const comers = missed.lackingAmong(viewing, { roomId, channelId });
      for (const server of comers) missed.lookAt(server, roomId);
      if (comers.length > 0) wake(comers);
      const restMs = (clock.monotonic() - begin) * SHARE;
      await clock.sleep(restMs, this.#stopping.signal).catch(() => undefined);
      if (this.#stopping.signal.aborted) return;
    }
  }
}
