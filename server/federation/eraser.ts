import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { serverOf, type UserId } from "../../core/ids/user_id.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Eraser } from "../../federation/handle/ports.ts";
import type { FeedBatch } from "../postgres/log_feed.ts";
import type { StoredEvent } from "../postgres/event_rows.ts";
import type { Sql } from "../postgres/sql.ts";
import type { Rooms } from "../rooms/rooms.ts";
import { untilBack } from "../system/until_back.ts";
import { eraseWords } from "../services/erasure/erase_words.ts";

interface ReceivedOrder {
  readonly beforeTs: number;
  readonly rooms: readonly RoomId[] | undefined;
}

/** Orders remembered of one user; the widest come last and say the most. */
const ORDERS_PER_USER = 20;

export interface EraserDeps {
  readonly sql: Sql;
  readonly rooms: Rooms;
  readonly self: ServerName;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Carries out what other servers order about their users, and goes on doing so with what arrives
 * later and is older than the order.
 */
export class StoredEraser implements Eraser {
  readonly #deps: EraserDeps;
  readonly #orders: Map<UserId, ReceivedOrder[]>;
  readonly #ending = new AbortController();
  readonly #running = new Map<string, ReturnType<Eraser["erase"]>>();

  private constructor(deps: EraserDeps, orders: Map<UserId, ReceivedOrder[]>) {
    this.#deps = deps;
    this.#orders = orders;
  }

  static async open(deps: EraserDeps): Promise<StoredEraser> {
    const rows = await deps.sql<
      { user_id: UserId; before_ts: number; rooms: RoomId[] | null }[]
    >`select user_id, before_ts, rooms from erasures_received order by user_id, seq`;
    const eraser = new StoredEraser(deps, new Map());
    for (const row of rows) {
      eraser.#know(row.user_id, { beforeTs: row.before_ts, rooms: row.rooms ?? undefined });
    }
    return eraser;
  }

  erase(order: Parameters<Eraser["erase"]>[0]): ReturnType<Eraser["erase"]> {
    const key = `${order.user} ${order.seq}`;
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    const run = this.#erase(order).finally(() => this.#running.delete(key));
    this.#running.set(key, run);
    return run;
  }

  async #erase(
    { user, rooms, beforeTs, seq }: Parameters<Eraser["erase"]>[0],
  ): ReturnType<Eraser["erase"]> {
    const { sql, clock } = this.#deps;
    const [last] = await sql<{ seq: number; erased: number | null; done_ts: number | null }[]>`
      select seq, erased, done_ts from erasures_received where user_id = ${user}
      order by seq desc limit 1`;
    if (last !== undefined && last.seq > seq) return undefined;
    if (last?.seq === seq && last.erased !== null && last.done_ts !== null) {
      return { erased: last.erased, doneTs: last.done_ts };
    }
    const named = rooms === undefined ? null : [...rooms];
    await sql`
      insert into erasures_received (user_id, seq, before_ts, rooms)
      values (${user}, ${seq}, ${beforeTs}, ${named}) on conflict do nothing`;
    this.#know(user, { beforeTs, rooms });
    const erased = await eraseWords(this.#deps, { user, rooms, beforeTs });
    await this.#forgetProfile(user);
    const doneTs = clock.now();
    await sql`
      update erasures_received set erased = ${erased}, done_ts = ${doneTs}
      where user_id = ${user} and seq = ${seq}`;
    return { erased, doneTs };
  }

  /** The copy of how they looked; their server says how they look now, if they still do. */
  async #forgetProfile(user: UserId): Promise<void> {
    await this.#deps.sql.begin(async (tx) => {
      await tx`delete from profiles where user_id = ${user}`;
      await tx`delete from remote_media_uses where kind = 'avatar' and subject = ${user}`;
    });
  }

  /** What waits for the database waits no longer. */
  [Symbol.dispose](): void {
    this.#ending.abort();
  }

  /** Hears what is stored: a late copy of what was erased goes too. */
  take({ events }: Pick<FeedBatch, "events">): void {
    for (const event of events) {
      if (!this.#covers(event)) continue;
      const { sender: user, roomId, originTs } = event;
      const late = { user, rooms: [roomId], beforeTs: originTs + 1 };
      const patience = { ...this.#deps, signal: this.#ending.signal };
      untilBack(() => eraseWords(this.#deps, late), patience).catch((error) =>
        this.#deps.log.log("error", "A late copy of what was erased could not be erased.", {
          room_id: roomId,
          error,
        })
      );
    }
  }

  #covers({ sender, channelId, withheld, originTs, roomId }: StoredEvent): boolean {
    if (channelId === undefined || withheld || serverOf(sender) === this.#deps.self) return false;
    return this.#orders.get(sender)?.some(({ beforeTs, rooms }) =>
      originTs < beforeTs && (rooms === undefined || rooms.includes(roomId))
    ) ?? false;
  }

  #know(user: UserId, order: ReceivedOrder): void {
    const orders = this.#orders.get(user) ?? [];
    this.#orders.set(user, [...orders, order].slice(-ORDERS_PER_USER));
  }
}
