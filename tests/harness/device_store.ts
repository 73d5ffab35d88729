import { join } from "node:path";
import {
  DEVICE_TABLES,
  type DeviceStore,
  type DeviceTable,
  type StoreChange,
  type StoreRow,
} from "../../core/e2ee/engine/ports.ts";
import { type DataFolder, openDataFolder } from "../../server/system/data_folder.ts";

type Tables = Map<DeviceTable, Map<string, Uint8Array>>;
type JournalLine = readonly (readonly [DeviceTable, string, string | null])[];

/**
 * A device's store in a folder that one process at a time holds. A batch is one line of a journal,
 * synced before the promise resolves; a line cut off by a crash is as if it had never been.
 */
export class FileDeviceStore implements DeviceStore, AsyncDisposable {
  readonly #tables: Tables;
  readonly #folder: DataFolder;
  readonly #journal: Deno.FsFile;

  private constructor(folder: DataFolder, journal: Deno.FsFile, tables: Tables) {
    this.#folder = folder;
    this.#journal = journal;
    this.#tables = tables;
  }

  /** @throws DataFolderError where another engine has this device's state */
  static async open(path: string): Promise<FileDeviceStore> {
    const folder = await openDataFolder(path);
    const file = join(path, "journal");
    const text = await Deno.readTextFile(file).catch(() => "");
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    const tables: Tables = new Map(DEVICE_TABLES.map((table) => [table, new Map()]));
    for (const line of whole.split("\n").filter((part) => part !== "")) {
      apply(tables, JSON.parse(line) as JournalLine);
    }
    const journal = await Deno.open(file, { write: true, create: true, mode: 0o600 });
    await journal.truncate(new TextEncoder().encode(whole).length);
    await journal.seek(0, Deno.SeekMode.End);
    return new FileDeviceStore(folder, journal, tables);
  }

  get(table: DeviceTable, key: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.#table(table).get(key)?.slice());
  }

  list(
    table: DeviceTable,
    { prefix = "", after, limit = Infinity }: Parameters<DeviceStore["list"]>[1] = {},
  ): Promise<readonly StoreRow[]> {
    const keys = [...this.#table(table).keys()]
      .filter((key) => key.startsWith(prefix) && (after === undefined || key > after))
      .sort();
    const rows = keys.slice(0, limit).map((key) => ({
      key,
      value: (this.#table(table).get(key) as Uint8Array).slice(),
    }));
    return Promise.resolve(rows);
  }

  async write(changes: readonly StoreChange[]): Promise<void> {
    const line: JournalLine = changes.map(({ table, key, value }) =>
      [table, key, value === undefined ? null : value.toBase64()] as const
    );
    const bytes = new TextEncoder().encode(`${JSON.stringify(line)}\n`);
    for (let at = 0; at < bytes.length;) at += this.#journal.writeSync(bytes.subarray(at));
    await this.#journal.syncData();
    apply(this.#tables, line);
  }

  #table(table: DeviceTable): Map<string, Uint8Array> {
    return this.#tables.get(table) as Map<string, Uint8Array>;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#journal.close();
    this.#folder[Symbol.dispose]();
    return Promise.resolve();
  }
}

function apply(tables: Tables, line: JournalLine): void {
  for (const [name, key, value] of line) {
    const table = tables.get(name) as Map<string, Uint8Array>;
    if (value === null) table.delete(key);
    else table.set(key, Uint8Array.fromBase64(value));
  }
}

/** Takes rows out of a closed store, as a disk that fails does. Returns how many. */
export async function loseRows(
  path: string,
  table: DeviceTable,
  fits: (key: string) => boolean,
): Promise<number> {
  await using store = await FileDeviceStore.open(path);
  const rows = (await store.list(table)).filter(({ key }) => fits(key));
  await store.write(rows.map(({ key }) => ({ table, key, value: undefined })));
  return rows.length;
}
