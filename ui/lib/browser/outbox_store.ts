import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { OutboxRecord } from "../store/outbox.ts";

/** Where messages lie until the server has them. Every tab of the browser sees the same. */
export interface OutboxStore {
  /** Everything of one person, in any order. */
  list(userId: string): Promise<readonly OutboxRecord[]>;
  put(record: OutboxRecord): Promise<void>;
  /** Changes a record in one step; undefined where it is gone, and then nothing is written. */
  update(
    nonce: string,
    change: (record: OutboxRecord) => OutboxRecord,
  ): Promise<OutboxRecord | undefined>;
  /** False where it was gone already. */
  remove(nonce: string): Promise<boolean>;
}

/** For browsers that keep nothing: the messages live as long as the tab. */
export class MemoryOutboxStore implements OutboxStore {
  readonly #records = new Map<string, OutboxRecord>();

  list(userId: string): Promise<readonly OutboxRecord[]> {
    return Promise.resolve(
      [...this.#records.values()].filter((record) => record.userId === userId),
    );
  }

  put(record: OutboxRecord): Promise<void> {
    this.#records.set(record.nonce, record);
    return Promise.resolve();
  }

  update(nonce: string, change: (record: OutboxRecord) => OutboxRecord) {
    const held = this.#records.get(nonce);
    const next = held && change(held);
    if (next) this.#records.set(nonce, next);
    return Promise.resolve(next);
  }

  remove(nonce: string): Promise<boolean> {
    return Promise.resolve(this.#records.delete(nonce));
  }
}

/** Keeps what is said in encrypted conversations where only this browser can read it. */
class LockingOutboxStore implements OutboxStore {
  readonly #inner: OutboxStore;

  constructor(inner: OutboxStore) {
    this.#inner = inner;
  }

  async list(userId: string): Promise<readonly OutboxRecord[]> {
    const stored = await this.#inner.list(userId);
    return stored.some((record) => record.secret)
      ? await (await locks()).unlockRecords(stored)
      : stored;
  }

  async put(record: OutboxRecord): Promise<void> {
    await this.#inner.put(record.secret ? await (await locks()).lockRecord(record) : record);
  }

  async update(nonce: string, change: (record: OutboxRecord) => OutboxRecord) {
    const next = await this.#inner.update(nonce, change);
    return next?.secret ? (await (await locks()).unlockRecords([next]))[0] : next;
  }

  remove(nonce: string): Promise<boolean> {
    return this.#inner.remove(nonce);
  }
}

const locks = () => import("../e2ee/locked_records.ts");

interface Schema extends DBSchema {
  outbox: { key: string; value: OutboxRecord; indexes: { user: string } };
}

class IdbOutboxStore implements OutboxStore {
  readonly #db: IDBPDatabase<Schema>;
  /** What the database would not take, as when the disk is full. */
  readonly #spill = new MemoryOutboxStore();

  constructor(db: IDBPDatabase<Schema>) {
    this.#db = db;
  }

  async list(userId: string): Promise<readonly OutboxRecord[]> {
    const stored = await this.#db.getAllFromIndex("outbox", "user", userId);
    return [...stored, ...await this.#spill.list(userId)];
  }

  async put(record: OutboxRecord): Promise<void> {
    try {
      await this.#db.put("outbox", record);
    } catch {
      await this.#spill.put(record);
    }
  }

  async update(nonce: string, change: (record: OutboxRecord) => OutboxRecord) {
    const transaction = this.#db.transaction("outbox", "readwrite");
    const held = await transaction.store.get(nonce);
    const next = held && change(held);
    if (next) await transaction.store.put(next);
    await transaction.done;
    return next ?? await this.#spill.update(nonce, change);
  }

  async remove(nonce: string): Promise<boolean> {
    const transaction = this.#db.transaction("outbox", "readwrite");
    const held = await transaction.store.getKey(nonce);
    if (held !== undefined) await transaction.store.delete(nonce);
    await transaction.done;
    return held !== undefined || await this.#spill.remove(nonce);
  }
}

/** Opens the browser's database, or a store in memory where it has none. */
export async function openOutboxStore(): Promise<OutboxStore> {
  try {
    const db = await openDB<Schema>("openguild-outbox", 1, {
      upgrade(database) {
        const records = database.createObjectStore("outbox", { keyPath: "nonce" });
        records.createIndex("user", "userId");
      },
    });
    return new LockingOutboxStore(new IdbOutboxStore(db));
  } catch {
    return new MemoryOutboxStore();
  }
}
