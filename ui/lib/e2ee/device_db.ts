import type {
  DeviceStore,
  DeviceTable,
  StoreChange,
  StoreRow,
} from "../../../core/e2ee/engine/ports.ts";
import { DEVICE_DB_PREFIX } from "./clear_devices.ts";
import { answered, openStore, stored } from "./idb_calls.ts";
import { type Locked, RestKey } from "./rest_key.ts";

/** Comes after every character that stands in a key. */
const LAST = "\uffff";

/** Rows by table and key: `[string, string]` to `Locked`. */
const ROWS = "rows";

const placeOf = (table: DeviceTable, key: string) => `${table} ${key}`;

/**
 * The state of this device in the browser's database, each row encrypted (`RestKey`). Whoever
 * opens it holds the device's lock. A browser may throw all of it away: then this is a new device.
 */
export class DeviceDb implements DeviceStore {
  readonly #db: IDBDatabase;
  readonly #key: RestKey;

  private constructor(db: IDBDatabase, key: RestKey) {
    this.#db = db;
    this.#key = key;
  }

  /** `lost`: somebody clears what is kept here, as at the end of the session. */
  static async open(userId: string, lost: () => void): Promise<DeviceDb> {
    const db = await openStore(DEVICE_DB_PREFIX + userId, ROWS, lost);
    return new DeviceDb(db, await RestKey.open(userId));
  }

  async get(table: DeviceTable, key: string): Promise<Uint8Array | undefined> {
    const held: Locked | undefined = await answered(this.#rows().get([table, key]));
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
    const rows = this.#rows();
    const [keys, values] = await Promise.all([
      answered(rows.getAllKeys(range, options.limit)) as Promise<[string, string][]>,
      answered(rows.getAll(range, options.limit)) as Promise<Locked[]>,
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
    const rows = this.#rows("readwrite");
    for (const { at, row } of locked) void (row ? rows.put(row, at) : rows.delete(at));
    await stored(rows);
  }

  #rows(mode: IDBTransactionMode = "readonly"): IDBObjectStore {
    return this.#db.transaction(ROWS, mode, { durability: "strict" }).objectStore(ROWS);
  }

  close(): void {
    this.#db.close();
  }
}
