import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { stayKeeper, stayUntil } from "../../../core/permissions/stay.ts";
import type { FeedBatch } from "../../postgres/log_feed.ts";
import type { ControlIntent } from "../../rooms/control_tip.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { keptKind } from "../webhooks/webhook_member.ts";
import { WorkLoop } from "../work_loop.ts";

/** A membership that is over lasts this much longer at the most (ms). */
const INTERVAL_MS = 15_000;
/** Memberships ended in one transaction; the rest goes with the next. */
const BATCH = 100;

type StayDeps = Pick<ChatDeps, "sql" | "rooms" | "clock" | "log" | "serverName">;

/**
 * Ends memberships whose time is over, where that falls to this server: each is ended by the server
 * of one person alone. A server that was away does it when it is back. PROTOCOL.md 9.
 */
export class StayWatch implements AsyncDisposable {
  readonly #deps: StayDeps;
  readonly #loop: WorkLoop;

  constructor(deps: StayDeps) {
    this.#deps = deps;
    this.#loop = new WorkLoop(deps, {
      round: (signal) => this.#round(signal),
      intervalMs: INTERVAL_MS,
      trouble: "Memberships that are over could not be ended.",
    });
  }

  /** Hears what is stored: an end may be near, or fall to this server now. */
  take(batch: FeedBatch): void {
    if (batch.events.some(({ type }) => type === "m.member.stay")) this.#loop.wake();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#loop[Symbol.asyncDispose]();
  }

  async #round(signal: AbortSignal): Promise<void> {
    const { sql, clock, log } = this.#deps;
    const rows = await sql<{ room_id: RoomId; users: UserId[] }[]>`
      select s.room_id, array_agg(s.state_key order by s.state_key) as users from current_state s
      join current_state m on m.room_id = s.room_id and m.type = 'm.room.member'
        and m.state_key = s.state_key and m.membership = 'join'
      join events e on e.room_id = s.room_id and e.event_id = s.event_id
      where s.type = 'm.member.stay'
        and case e.type when 'm.member.stay'
          -- Wherever the planner looks first: an until of another type may be anything.
          then (event_json(e.pdu) #>> '{content,until}')::bigint end between 1 and ${clock.now()}
        and event_json(e.pdu) -> 'auth_events' ? m.event_id
      group by s.room_id`;
    for (const row of rows) {
      if (signal.aborted) return;
      // A guild that shuts this server out refuses its events: the others do not wait for that.
      await this.#endIn(row.room_id, row.users).catch((error) =>
        log.log("warn", "Memberships of a guild that are over could not be ended.", {
          guild: row.room_id,
          error,
        })
      );
    }
  }

  async #endIn(roomId: RoomId, users: readonly UserId[]): Promise<void> {
    const { rooms, clock, serverName } = this.#deps;
    const room = await rooms.open(roomId);
    if (room === undefined || room.checking !== undefined) return;
    for (;;) {
      const built = await room.changeControl((authority) => ({
        intents: users.flatMap((userId): ControlIntent[] => {
          const nowMs = clock.now();
          const until = stayUntil(authority, userId);
          if (until === undefined || until > nowMs) return [];
          const by = stayKeeper(authority, userId, nowMs);
          return by === undefined || by.server !== serverName ? [] : [{
            type: "m.room.member",
            sender: by.keeper,
            stateKey: userId,
            content: { membership: "leave", expires: until, ...keptKind(authority, userId) },
          }];
        }).slice(0, BATCH),
      }));
      if (built.length < BATCH) return;
    }
  }
}
