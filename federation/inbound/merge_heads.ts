import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { limits } from "../../core/limits.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import { turnOf } from "../turn_of.ts";

/** After so long several heads are joined: another server may lack one of them still. */
const PARTED_MS = 60_000;
/** Too many heads are joined soon. */
const CROWDED_MS = 2_000;
/** The servers of a room wait for each other for so long, in an order that all know. */
const TURN_MS = 15_000;
/** A room of many servers: the last of them wait no longer than this many turns. */
const TURNS_MAX = 20;
/** Rooms whose heads are watched; beyond it they are found when their graph moves next. */
const ROOMS_MAX = 10_000;

/** What is seen of a room's heads, and the way to join them. */
export interface MergeableRoom {
  readonly heads: number;
  readonly servers: ReadonlySet<ServerName>;
  /** Stores a merge by a member of this server; false where there is none, or no need. */
  join(): Promise<boolean>;
}

export interface MergeHeadsDeps {
  readonly open: (id: RoomId) => Promise<MergeableRoom | undefined>;
  readonly ownName: ServerName;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Joins the heads of control graphs: more than ten soon, and several that stay for a minute. One
 * server of the room does it, the next only if that one did not, so that merges do not fork the
 * graph in turn. PROTOCOL.md 2.
 */
export class MergeHeads implements AsyncDisposable {
  readonly #deps: MergeHeadsDeps;
  readonly #ending = new AbortController();
  readonly #due = new Map<RoomId, number>();
  #pause = new AbortController();
  readonly #running: Promise<void>;

  constructor(deps: MergeHeadsDeps) {
    this.#deps = deps;
    this.#running = this.#run();
  }

  /** The room's control graph has moved. Never throws. */
  async notice(roomId: RoomId): Promise<void> {
    try {
      const room = await this.#deps.open(roomId);
      if (room === undefined || room.heads < 2 || room.servers.size < 2) {
        this.#due.delete(roomId);
        return;
      }
      const dueTs = this.#deps.clock.now() + this.#patience(roomId, room);
      const known = this.#due.get(roomId);
      if (known === undefined && this.#due.size >= ROOMS_MAX) return;
      this.#due.set(roomId, Math.min(known ?? dueTs, dueTs));
      this.#pause.abort();
    } catch (error) {
      this.#deps.log.log("warn", "The heads of a room could not be looked at.", { error });
    }
  }

  #patience(roomId: RoomId, { heads, servers }: MergeableRoom): number {
    const crowded = heads > limits.receive.maxControlHeads;
    const turn = Math.min(turnOf(roomId, servers, this.#deps.ownName), TURNS_MAX);
    return (crowded ? CROWDED_MS : PARTED_MS) + turn * TURN_MS;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    this.#pause.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock } = this.#deps;
    const { signal } = this.#ending;
    while (!signal.aborted) {
      const nowMs = clock.now();
      for (const [roomId, dueTs] of [...this.#due]) {
        if (dueTs > nowMs || signal.aborted) continue;
        this.#due.delete(roomId);
        await this.#join(roomId);
      }
      const pauseMs = Math.min(...this.#due.values(), nowMs + PARTED_MS) - clock.now();
      if (pauseMs <= 0) continue;
      this.#pause = new AbortController();
      if (signal.aborted) return;
      await clock.sleep(pauseMs, this.#pause.signal).catch(() => undefined);
    }
  }

  async #join(roomId: RoomId): Promise<void> {
    try {
      const room = await this.#deps.open(roomId);
      // More than twenty are not joined at once: the rest a minute later.
      if (room !== undefined && room.heads > 1 && await room.join()) await this.notice(roomId);
    } catch (error) {
      this.#deps.log.log("warn", "The heads of a room could not be joined.", {
        room: roomId,
        error,
      });
    }
  }
}
