import type { EventId } from "../../../core/ids/event_id.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Sql } from "../../postgres/sql.ts";

/** Look-ups gathered into one query. */
const LOOKUPS_PER_QUERY = 500;
/** Sends under way whose nonce must reach the sender's own sockets. */
const PENDING_MAX = 20_000;
/** A nonce is remembered for a day: far longer than any outbox waits. */
export const NONCE_KEPT_MS = 24 * 3_600_000;

export interface NonceHit {
  readonly roomId: RoomId;
  readonly eventId: EventId;
}

interface Lookup {
  readonly sender: UserId;
  readonly nonce: string;
  readonly resolve: (hit: NonceHit | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Which message a sender's nonce became. While one query is on its way the next look-ups
 * gather, so that many senders cost one round trip between them.
 */
export class NonceBook {
  readonly #sql: Sql;
  #waiting: Lookup[] = [];
  #asking = false;
  readonly #pending = new Map<EventId, string>();

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  find(sender: UserId, nonce: string): Promise<NonceHit | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ sender, nonce, resolve, reject });
      if (!this.#asking) void this.#ask();
    });
  }

  async #ask(): Promise<void> {
    this.#asking = true;
    while (this.#waiting.length > 0) {
      // One turn of the queue lets everything that arrived together ask together.
      await Promise.resolve();
      const asked = this.#waiting.splice(0, LOOKUPS_PER_QUERY);
      try {
        const rows = await this.#sql<
          { sender: UserId; nonce: string; room_id: RoomId; event_id: EventId }[]
        >`
          select sender, nonce, room_id, event_id from send_nonces
          where (sender, nonce) in (select * from unnest(
            ${asked.map((each) => each.sender)}::text[], ${
          asked.map((each) => each.nonce)
        }::text[]))`;
        const hits = new Map(
          rows.map((row) => [
            `${row.sender} ${row.nonce}`,
            { roomId: row.room_id, eventId: row.event_id },
          ]),
        );
        for (const each of asked) each.resolve(hits.get(`${each.sender} ${each.nonce}`));
      } catch (error) {
        for (const each of asked) each.reject(error);
      }
    }
    this.#asking = false;
  }

  /** Until the message is delivered: its nonce goes to the sender's own sockets alone. */
  hold(eventId: EventId, nonce: string): void {
    if (this.#pending.size < PENDING_MAX) this.#pending.set(eventId, nonce);
  }

  take(eventId: EventId): string | undefined {
    const nonce = this.#pending.get(eventId);
    this.#pending.delete(eventId);
    return nonce;
  }
}

/** Forgets nonces older than a day. */
export async function sweepNonces(sql: Sql, nowMs: number): Promise<void> {
  await sql`delete from send_nonces where created_ts < ${nowMs - NONCE_KEPT_MS}`;
}
