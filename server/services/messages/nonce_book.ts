import type { EventId } from "../../../core/ids/event_id.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Sql } from "../../postgres/sql.ts";

/** Look-ups gathered into one query. */
const LOOKUPS_PER_QUERY = 500;
/** Nonces held of one sender; of one who uses more a day the store is asked each time. */
const NONCES_PER_SENDER_MAX = 50_000;
/** Nonces held in all, as numbers; beyond it the senders silent longest go. */
const NONCES_MAX = 500_000;
/** Looked after each time so many came. */
const NONCES_PER_TRIM = 10_000;
/** Sends under way whose nonce must reach the sender's own sockets. */
const PENDING_MAX = 20_000;
/** A nonce is remembered for a day: far longer than any outbox waits. */
export const NONCE_KEPT_MS = 24 * 3_600_000;

export interface NonceHit {
  readonly nonce: string;
  readonly roomId: RoomId;
  readonly eventId: EventId;
}

interface Lookup {
  readonly sender: UserId;
  readonly nonce: string;
  readonly resolve: (hit: NonceHit | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** What is known of one sender. */
interface Used {
  /** Each nonce as a number. */
  readonly numbers: Set<number>;
  /** Whether these are all of the last day; false where they are too many to hold. */
  readonly complete: Promise<boolean>;
}

/**
 * Which message a sender's nonce became. The nonces of a sender are read once; one that is not
 * among them is new, and its send waits for no question. A nonce that another process stored
 * since then is refused by the primary key of `send_nonces`, and asked for again after that.
 */
export class NonceBook {
  readonly #sql: Sql;
  readonly #senders = new Map<UserId, Used>();
  #sinceTrim = 0;
  #waiting: Lookup[] = [];
  #asking = false;
  readonly #pending = new Map<EventId, string>();

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** The message, if there is one; from now on the nonce counts as used. */
  async find(sender: UserId, nonce: string): Promise<NonceHit | undefined> {
    const { numbers, complete } = this.#usedBy(sender);
    const number = numberOf(nonce);
    if (!await complete || numbers.has(number)) return await this.read(sender, nonce);
    numbers.add(number);
    this.#grew(1);
    return undefined;
  }

  /**
   * What the store says now. While one query is on its way the next look-ups gather, so that
   * many senders cost one round trip between them.
   */
  read(sender: UserId, nonce: string): Promise<NonceHit | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ sender, nonce, resolve, reject });
      if (!this.#asking) void this.#ask();
    });
  }

  #usedBy(sender: UserId): Used {
    const held = this.#senders.get(sender);
    const fits = held !== undefined && held.numbers.size <= NONCES_PER_SENDER_MAX;
    const used = fits ? held : this.#load(sender);
    // Anew at the end: the first is the one silent longest.
    this.#senders.delete(sender);
    this.#senders.set(sender, used);
    return used;
  }

  #load(sender: UserId): Used {
    const numbers = new Set<number>();
    const complete = this.#sql<{ nonce: string }[]>`
      select nonce from send_nonces where sender = ${sender} limit ${NONCES_PER_SENDER_MAX}`
      .then((rows) => {
        if (rows.length === NONCES_PER_SENDER_MAX) return false;
        for (const { nonce } of rows) numbers.add(numberOf(nonce));
        this.#grew(rows.length + 1);
        return true;
      });
    complete.catch(() => this.#senders.delete(sender));
    return { numbers, complete };
  }

  #grew(by: number): void {
    this.#sinceTrim += by;
    if (this.#sinceTrim < NONCES_PER_TRIM) return;
    this.#sinceTrim = 0;
    let total = 0;
    for (const { numbers } of this.#senders.values()) total += numbers.size + 1;
    for (const [sender, { numbers }] of this.#senders) {
      if (total <= NONCES_MAX) return;
      this.#senders.delete(sender);
      total -= numbers.size + 1;
    }
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
            { nonce: row.nonce, roomId: row.room_id, eventId: row.event_id },
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

  of(eventId: EventId): string | undefined {
    return this.#pending.get(eventId);
  }

  /** It was delivered. */
  drop(eventId: EventId): void {
    this.#pending.delete(eventId);
  }
}

/** 31 bits of a text. Two texts with one number cost a look-up, no more. */
function numberOf(text: string): number {
  let number = 0;
  for (let at = 0; at < text.length; at++) number = Math.imul(number, 31) + text.charCodeAt(at) | 0;
  return number & 0x7fffffff;
}

/** Forgets nonces older than a day. */
export async function sweepNonces(sql: Sql, nowMs: number): Promise<void> {
  await sql`delete from send_nonces where created_ts < ${nowMs - NONCE_KEPT_MS}`;
}
