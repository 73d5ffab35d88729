import type { Message } from "../../../core/api/message.ts";
import {
  afterFailure,
  byTime,
  isForgotten,
  nextStep,
  OUTBOX_MAX,
  type OutboxRecord,
  type SendFailure,
} from "../store/outbox.ts";
import type { OutboxStore } from "./outbox_store.ts";

/** After a try that nothing answered: the next one, should no other sign of life come first. */
const AWAY_RETRY_MS = 15_000;

export interface OutboxPorts {
  readonly userId: string;
  readonly store: Promise<OutboxStore>;
  /** Runs while no other tab runs under the same name. */
  lock(name: string, act: () => Promise<void>): Promise<void>;
  /** Hands a message to the server. @throws what `explain` understands */
  send(record: OutboxRecord): Promise<Message>;
  explain(error: unknown): SendFailure;
  /** Words for a message that is too old to be sent by itself. */
  readonly expired: string;
  now(): number;
  after(ms: number, act: () => void): void;
  /** The records of a channel changed, here or in another tab. */
  changed(key: string, records: readonly OutboxRecord[]): void;
  /** A message arrived, under the nonce of its record. */
  sent(record: OutboxRecord, message: Message): void;
  /** Nothing answered. */
  away(record: OutboxRecord): void;
  /** Tells the other tabs of this browser to look again. */
  tell(key: string): void;
}

/**
 * Messages on their way. Each lies in the browser's store before the network sees it, leaves
 * it when the server has confirmed it, and goes out with the same nonce however often it is
 * tried: it arrives once, after a reload and from whichever tab. One tab at a time sends for a
 * channel, in the order in which its messages were written.
 */
export class Outbox {
  readonly #ports: OutboxPorts;
  readonly #draining = new Map<string, { again: boolean }>();
  #lastTs = 0;

  constructor(ports: OutboxPorts) {
    this.#ports = ports;
  }

  /** Shows what an earlier visit left, and sends it. */
  async start(): Promise<void> {
    const { store, now, userId } = this.#ports;
    const opened = await store;
    for (const record of await opened.list(userId)) {
      if (isForgotten(record, now())) await opened.remove(record.nonce);
    }
    await this.drainAll();
  }

  /** A time for a new message, later than that of every one before it. */
  stamp(): number {
    this.#lastTs = Math.max(this.#ports.now(), this.#lastTs + 1);
    return this.#lastTs;
  }

  /** Keeps a message and sends it. False where too many wait already: it is not kept. */
  async add(record: OutboxRecord): Promise<boolean> {
    const store = await this.#ports.store;
    if ((await store.list(record.userId)).length >= OUTBOX_MAX) return false;
    await store.put(record);
    this.#ports.tell(record.key);
    void this.drain(record.key);
    return true;
  }

  /** Takes a refused message up again. */
  async retry(record: Pick<OutboxRecord, "nonce" | "key">): Promise<void> {
    const store = await this.#ports.store;
    const now = this.#ports.now();
    await store.update(record.nonce, (held) => ({
      ...held,
      failed: null,
      holdUntil: null,
      triedTs: held.triedTs === null ? null : now,
    }));
    await this.show(record.key);
    this.#ports.tell(record.key);
    await this.drain(record.key);
  }

  async discard(record: Pick<OutboxRecord, "nonce" | "key">): Promise<void> {
    await (await this.#ports.store).remove(record.nonce);
    await this.show(record.key);
    this.#ports.tell(record.key);
  }

  /** It has arrived, as another way than the answer to its sending tells. */
  async confirm(record: Pick<OutboxRecord, "nonce" | "key">): Promise<void> {
    if (await (await this.#ports.store).remove(record.nonce)) this.#ports.tell(record.key);
  }

  /** Draws a channel's records as they are stored now. */
  async show(key: string): Promise<readonly OutboxRecord[]> {
    const all = await (await this.#ports.store).list(this.#ports.userId);
    const records = all.filter((record) => record.key === key).sort(byTime);
    this.#ports.changed(key, records);
    return records;
  }

  async drainAll(): Promise<void> {
    const all = await (await this.#ports.store).list(this.#ports.userId);
    await Promise.all(
      [...new Set(all.map((record) => record.key))].map(async (key) => {
        await this.show(key);
        await this.drain(key);
      }),
    );
  }

  /** Sends what waits in a channel. A call while one runs makes it look once more. */
  async drain(key: string): Promise<void> {
    const running = this.#draining.get(key);
    if (running) {
      running.again = true;
      return;
    }
    const run = { again: true };
    this.#draining.set(key, run);
    try {
      await this.#ports.lock(`og-outbox ${this.#ports.userId} ${key}`, async () => {
        while (run.again) {
          run.again = false;
          await this.#run(key);
        }
      });
    } finally {
      this.#draining.delete(key);
    }
    // Asked for after the last look and before the lock was given back.
    if (run.again) await this.drain(key);
  }

  async #run(key: string): Promise<void> {
    const store = await this.#ports.store;
    for (;;) {
      const all = await store.list(this.#ports.userId);
      const step = nextStep(all.filter((record) => record.key === key), this.#ports.now());
      if (step.kind === "idle") return;
      if (step.kind === "wait") return this.#ports.after(step.ms, () => void this.drain(key));
      if (step.kind === "expire") {
        await store.update(step.record.nonce, (held) => ({
          ...held,
          failed: this.#ports.expired,
        }));
        await this.#spread(key);
      } else if (!await this.#try(store, step.record)) return;
    }
  }

  /** False where the server is away: the rest waits too. */
  async #try(store: OutboxStore, { nonce, key, triedTs }: OutboxRecord): Promise<boolean> {
    const record = await store.update(nonce, (held) => ({
      ...held,
      triedTs: held.triedTs ?? this.#ports.now(),
    }));
    // Thrown away by its writer a moment ago, perhaps in another tab.
    if (!record) return true;
    let message: Message;
    try {
      message = await this.#ports.send(record);
    } catch (error) {
      const failure = this.#ports.explain(error);
      if (failure.away) {
        // Nobody can have it: however long it waits, it is sent by itself.
        if (failure.unsent) await store.update(nonce, (held) => ({ ...held, triedTs }));
        this.#ports.away(record);
        this.#ports.after(AWAY_RETRY_MS, () => void this.drain(key));
        return false;
      }
      await store.update(nonce, (held) => afterFailure(held, failure, this.#ports.now()));
      await this.#spread(key);
      return true;
    }
    await store.remove(nonce);
    this.#ports.sent(record, message);
    this.#ports.tell(key);
    return true;
  }

  async #spread(key: string): Promise<void> {
    await this.show(key);
    this.#ports.tell(key);
  }
}
