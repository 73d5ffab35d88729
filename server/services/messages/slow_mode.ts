import { OperationError } from "../../../core/errors.ts";
import type { ChannelId } from "../../../core/ids/channel_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { holds } from "../../../core/permissions/bits.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { Sql } from "../../postgres/sql.ts";
import { contentOf, integerOf } from "../../rooms/content.ts";
import type { Room } from "../../rooms/room.ts";

/** Senders remembered; beyond it the longest silent go, and are read from the store again. */
const SENDERS_MAX = 50_000;

/**
 * Slow mode, which the sender's own server enforces (PROTOCOL.md 6). Who may delete others'
 * messages or change the channel is not slowed.
 */
export class SlowMode {
  readonly #sql: Sql;
  readonly #clock: Clock;
  readonly #last = new Map<string, number>();

  constructor(sql: Sql, clock: Clock) {
    this.#sql = sql;
    this.#clock = clock;
  }

  /** Throws `slow_mode` with `retry_after_ms`; otherwise the send counts from now. */
  async admit(
    room: Room,
    send: { readonly channelId: ChannelId; readonly sender: UserId; readonly rights: bigint },
  ): Promise<void> {
    const meta = contentOf(room.authority.view.get("m.channel.meta", send.channelId));
    const waitMs = integerOf(meta, "slow_mode_s") * 1000;
    if (waitMs <= 0) return;
    if (holds(send.rights, "MANAGE_MESSAGES") || holds(send.rights, "MANAGE_CHANNELS")) return;
    const key = `${room.id} ${send.channelId} ${send.sender}`;
    const last = this.#last.get(key) ?? await this.#read(room, send);
    const nowMs = this.#clock.now();
    const leftMs = last + waitMs - nowMs;
    if (leftMs > 0) {
      throw new OperationError(
        "slow_mode",
        `Slow mode is on here: you can send again in ${Math.ceil(leftMs / 1000)} s.`,
        { details: { retry_after_ms: leftMs } },
      );
    }
    this.#last.delete(key);
    this.#last.set(key, nowMs);
    if (this.#last.size > SENDERS_MAX) {
      const [oldest] = this.#last.keys();
      if (oldest !== undefined) this.#last.delete(oldest);
    }
  }

  async #read(
    room: Room,
    send: { readonly channelId: ChannelId; readonly sender: UserId },
  ): Promise<number> {
    const [row] = await this.#sql<{ origin_ts: number }[]>`
      select origin_ts from events
      where room_id = ${room.id} and channel_id = ${send.channelId} and sender = ${send.sender}
        and type in ('m.room.message', 'm.poll') and outcome = 'accepted'
      order by timeline_order desc limit 1`;
    return row?.origin_ts ?? 0;
  }
}
