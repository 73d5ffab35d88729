import type { RoomId } from "../../core/ids/room_id.ts";
import { serverOf } from "../../core/ids/user_id.ts";
import type { Room } from "../rooms/room.ts";
import type { ChatDeps } from "../services/chat/chat_deps.ts";
import type { JoinNotice } from "../services/sync/join_notice.ts";

/** How often rooms that this process holds as "being checked" are compared with the store. */
const LOOK_MS = 2_000;

export interface CheckWatchDeps
  extends Pick<ChatDeps, "sql" | "rooms" | "clock" | "log" | "serverName"> {
  readonly announce: (notice: JoinNotice) => void;
}

/**
 * Finds out that a room's check has ended in another process whose word of it was lost: without
 * it a room would stay "being checked" here until the next start. PROTOCOL.md 9 (partial join).
 */
export class CheckWatch implements AsyncDisposable {
  readonly #deps: CheckWatchDeps;
  readonly #ending = new AbortController();
  readonly #running: Promise<void>;

  constructor(deps: CheckWatchDeps) {
    this.#deps = deps;
    this.#running = this.#run();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#deps;
    while (!this.#ending.signal.aborted) {
      await clock.sleep(LOOK_MS, this.#ending.signal).catch(() => undefined);
      if (this.#ending.signal.aborted) return;
      try {
        await this.#look();
      } catch (error) {
        log.log("warn", "What became of joined rooms could not be read.", { error });
      }
    }
  }

  async #look(): Promise<void> {
    const { rooms, sql } = this.#deps;
    const held = rooms.beingChecked();
    if (held.length === 0) return;
    const rows = await sql<{ room_id: RoomId }[]>`
      select room_id from joining_rooms where room_id = any(${held.map((room) => room.id)})`;
    const still = new Set(rows.map((row) => row.room_id));
    for (const room of held) if (!still.has(room.id)) await this.#ended(room);
  }

  async #ended(former: Room): Promise<void> {
    const { rooms, serverName, announce } = this.#deps;
    const roomId = former.id;
    rooms.forget(roomId);
    const room = await rooms.open(roomId);
    for (const userId of former.authority.joinedUsers()) {
      if (serverOf(userId) !== serverName) continue;
      const isIn = room?.authority.isJoined(userId) === true;
      announce(
        isIn ? { kind: "room", roomId, userId } : {
          kind: "gone",
          roomId,
          userId,
          reason: room === undefined ? "unverifiable" : "kicked",
        },
      );
    }
  }
}
