import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type {
  DeviceStore,
  DeviceTable,
  StoreChange,
  StoreRow,
} from "../../../core/e2ee/engine/ports.ts";
import { DEVICE_DB_PREFIX } from "./clear_devices.ts";
import { type Locked, RestKey } from "./rest_key.ts";

/** Comes after every character that stands in a key. */
const LAST = "\uffff";

interface Schema extends DBSchema {
  /** By table and key. */
  rows: { key: [string, string]; value: Locked };
}

const placeOf = (table: DeviceTable, key: string) => `${table} ${key}`;

/**
 * The state of this device in the browser's database, each row encrypted (`RestKey`). Whoever
 * opens it holds the device's lock. A browser may throw all of it away: then this is a new device.
 */
export class DeviceDb implements DeviceStore {
  readonly #db: IDBPDatabase<Schema>;
  readonly #key: RestKey;

  private constructor(db: IDBPDatabase<Schema>, key: RestKey) {
    this.#db = db;
    this.#key = key;
  }

  /** `lost`: somebody clears what is kept here, as at the end of the session. */
  static async open(userId: string, lost: () => void): Promise<DeviceDb> {
    const db = await openDB<Schema>(DEVICE_DB_PREFIX + userId, 1, {
      upgrade: (database) => void database.createObjectStore("rows"),
      blocking(_held, _next, event) {
        (event.target as IDBDatabase).close();
        lost();
      },
      terminated: lost,
    });
    return new DeviceDb(db, await RestKey.open(userId));
  }

  async get(table: DeviceTable, key: string): Promise<Uint8Array | undefined> {
    const held = await this.#db.get("rows", [table, key]);
    return held && await this.#key.unlock(placeOf(table, key), held);
  }

  async list(
    table: DeviceTable,
    options: { readonly prefix?: string; readonly after?: string; readonly limit?: number } = {},
  ): Promise<readonly StoreRow[]> {
    const { prefix = "", after } = options;
    const open = after !== undefined && after >= prefix;
    const upper = [table, prefix + LAST];
    // Past the end of the prefix there is nothing, and such a range would be refused.
    if (open && after > prefix + LAST) return [];
    const range = IDBKeyRange.bound([table, open ? after : prefix], upper, open);
    const transaction = this.#db.transaction("rows");
    const [keys, values] = await Promise.all([
      transaction.store.getAllKeys(range, options.limit),
      transaction.store.getAll(range, options.limit),
    ]);
    return await Promise.all(keys.map(async ([, key], at) => ({
      key,
      value: await this.#key.unlock(placeOf(table, key), values[at] as Locked),
    })));
  }

  async write(changes: readonly StoreChange[]): Promise<void> {
    const locked = await Promise.all(changes.map(async ({ table, key, value }) => ({
      at: [table, key] as [string, string],
      row: value && await this.#key.lock(placeOf(table, key), value),
    })));
    const transaction = this.#db.transaction("rows", "readwrite", { durability: "strict" });
    for (const { at, row } of locked) {
      void (row ? transaction.store.put(row, at) : transaction.store.delete(at));
    }
    await transaction.done;
  }

  close(): void {
    this.#db.close();
  }
}
