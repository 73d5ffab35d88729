import type { UserId } from "../../../core/ids/user_id.ts";
import { relationOf } from "../../../core/event/relation.ts";
import { isSaid } from "../../../core/event/said.ts";
import { limits } from "../../../core/limits.ts";
import type { StoredEvent } from "../../postgres/event_rows.ts";
import type { FeedBatch } from "../../postgres/log_feed.ts";
import { untilBack } from "../../system/until_back.ts";
import { heldOf } from "../../rooms/load_room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { sealedOf } from "../e2ee/sealed_content.ts";
import type { PushQueue } from "./push_queue.ts";
import { findPushTargets, findPushUsers } from "./push_rows.ts";
import { readersAmong, whomToTell } from "./whom_to_tell.ts";

/**
 * Whoever has the channel before them, on whichever device, has read it by then: no device of
 * theirs is told (ms).
 */
const LOOKING_MS = 3000;
/** Messages that wait for that; beyond it the oldest are not told of. */
const WAITING_MAX = 5000;

interface FollowerDeps extends Pick<ChatDeps, "sql" | "rooms" | "clock" | "log" | "preferences"> {
  readonly queue: PushQueue;
  /** Of several processes the one that stored a message tells of it. */
  readonly ownWriterId: () => number;
}

interface Waiting {
  readonly stored: StoredEvent;
  readonly dueMs: number;
}

/** Finds out who is to be told of what is said while they are not there. */
export class PushFollower implements AsyncDisposable {
  readonly #deps: FollowerDeps;
  readonly #ending = new AbortController();
  /** Users with a device that is told; those who had one may be among them. */
  readonly #subscribed: Set<UserId>;
  readonly #waiting: Waiting[] = [];
  #working: Promise<void> | undefined;

  private constructor(deps: FollowerDeps, subscribed: Set<UserId>) {
    this.#deps = deps;
    this.#subscribed = subscribed;
  }

  static async begin(deps: FollowerDeps): Promise<PushFollower> {
    return new PushFollower(deps, new Set(await findPushUsers(deps.sql)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#working;
  }

  /** Somebody has a device that is told. */
  subscribed(userId: UserId): void {
    this.#subscribed.add(userId);
  }

  /** Hears what is stored. */
  take(batch: FeedBatch): void {
    if (this.#subscribed.size === 0) return;
    const dueMs = this.#deps.clock.monotonic() + LOOKING_MS;
    for (const stored of batch.events) {
      if (this.#isNews(stored)) this.#waiting.push({ stored, dueMs });
    }
    this.#waiting.splice(0, this.#waiting.length - WAITING_MAX);
    if (this.#waiting.length > 0) this.#working ??= this.#work();
  }

  /** A message that was said just now and that this process stored. */
  #isNews(stored: StoredEvent): boolean {
    return isSaid(stored.type) && stored.channelId !== undefined &&
      stored.outcome === "accepted" && stored.moved === undefined && !stored.withheld &&
      stored.redactedBy === undefined && stored.writerId === this.#deps.ownWriterId() &&
      stored.receivedTs - stored.originTs < limits.receive.lateAfterMs;
  }

  async #work(): Promise<void> {
    const { clock, log } = this.#deps;
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      const waitMs = next.dueMs - clock.monotonic();
      try {
        if (waitMs > 0) await clock.sleep(waitMs, this.#ending.signal);
        if (this.#ending.signal.aborted) break;
        const patience = { clock, log, signal: this.#ending.signal };
        await untilBack(() => this.#tell(next.stored), patience);
      } catch (error) {
        if (this.#ending.signal.aborted) break;
        log.log("error", "Nobody could be told of a message.", {
          event: next.stored.eventId,
          error,
        });
      }
    }
    this.#working = undefined;
  }

  async #tell(stored: StoredEvent): Promise<void> {
    const { sql, rooms, clock, queue } = this.#deps;
    const room = await rooms.open(stored.roomId);
    if (room === undefined) return;
    const subscribed = this.#subscribed;
    const readers = await readersAmong(this.#deps, room, { stored, subscribed });
    if (readers.length === 0) return;
    const { pdu } = heldOf(stored);
    if (relationOf(pdu)?.kind === "edit" || sealedOf(pdu)?.quiet === true) return;
    const told = await whomToTell(this.#deps, room, { stored, readers });
    for (const target of await findPushTargets(sql, told, clock.now())) {
      queue.add(target, {
        v: 1,
        kind: "message",
        room_id: stored.roomId,
        event_id: stored.eventId,
      });
    }
  }
}
