import type { ServerName } from "../../core/ids/server_name.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Outbound } from "../ports.ts";
import type { EduRooms, ShownPresence } from "./ports.ts";
import { PRESENCE_EVERY_MS, PRESENCE_GATHER_MS, PRESENCE_REFRESH_MS } from "./presence_times.ts";

/** Users told of in one round; the others wait for the next. */
const USERS_PER_ROUND = 100;
/** Users of this server whose presence is told; beyond it nobody new is. */
const USERS_MAX = 50_000;
/** Rooms and servers looked at for one user. */
const ROOMS_MAX = 200;
const SERVERS_MAX = 500;

interface Told {
  readonly shown: ShownPresence;
  readonly atMs: number;
}

export interface PresenceDeps {
  readonly self: ServerName;
  readonly rooms: EduRooms;
  readonly outbound: Pick<Outbound, "sendEdu">;
  /** What others see of a user of this server now. */
  readonly shownOf: (user: UserId) => ShownPresence;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Tells servers that share a room with somebody whether they are there: when it changes, after a
 * pause in which most changes undo themselves, and rarely again. PROTOCOL.md 10 (EDUs).
 */
export class PresenceSender implements AsyncDisposable {
  readonly #deps: PresenceDeps;
  readonly #due = new Set<UserId>();
  readonly #told = new Map<UserId, Told>();
  readonly #stopping = new AbortController();
  readonly #work: Promise<void>;

  constructor(deps: PresenceDeps) {
    this.#deps = deps;
    this.#work = this.#run();
  }

  /** Something about a user's presence may have changed in this process. */
  changed(user: UserId): void {
    if (this.#told.has(user) || this.#told.size + this.#due.size < USERS_MAX) this.#due.add(user);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#work;
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#deps;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await clock.sleep(PRESENCE_GATHER_MS, signal).catch(() => undefined);
      if (signal.aborted) return;
      await this.round().catch((error) =>
        log.log("warn", "Presence could not be told to other servers.", { error })
      );
    }
  }

  /** Tells what is due now. */
  async round(): Promise<void> {
    const now = this.#deps.clock.monotonic();
    for (const [user, { atMs }] of this.#told) {
      // Told in order of time: the first that is young ends the search.
      if (now - atMs < PRESENCE_REFRESH_MS) break;
      this.#due.add(user);
    }
    let count = 0;
    for (const user of this.#due) {
      if (count >= USERS_PER_ROUND) return;
      const told = this.#told.get(user);
      if (told !== undefined && now - told.atMs < PRESENCE_EVERY_MS) continue;
      this.#due.delete(user);
      count++;
      await this.#tell(user, told, now);
    }
  }

  async #tell(user: UserId, told: Told | undefined, now: number): Promise<void> {
    const shown = this.#deps.shownOf(user);
    const again = told !== undefined && now - told.atMs >= PRESENCE_REFRESH_MS;
    if (shown === (told?.shown ?? "offline") && (!again || shown === "offline")) {
      if (shown === "offline") this.#told.delete(user);
      return;
    }
    this.#told.delete(user);
    if (shown !== "offline") this.#told.set(user, { shown, atMs: now });
    const content = { user, presence: shown };
    for (const server of await this.#servers(user)) {
      this.#deps.outbound.sendEdu(server, {
        type: "m.presence",
        content,
        replaces: `presence ${user}`,
      });
    }
  }

  async #servers(user: UserId): Promise<ReadonlySet<ServerName>> {
    const servers = new Set<ServerName>();
    for (const roomId of await this.#deps.rooms.joinedRooms(user, ROOMS_MAX)) {
      const authority = await this.#deps.rooms.authority(roomId);
      for (const server of authority?.joinedServers() ?? []) {
        if (server !== this.#deps.self) servers.add(server);
        if (servers.size >= SERVERS_MAX) return servers;
      }
    }
    return servers;
  }
}
