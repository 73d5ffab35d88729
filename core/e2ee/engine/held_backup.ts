import type { BackupHead } from "../backup.ts";
import { base64Of, fromBase64 } from "../bytes.ts";
import type { ArchiveRow } from "./archive.ts";
import { type BackupQueue, queueRow } from "./backup_queue.ts";
import type { DeviceStore, StoreChange } from "./ports.ts";
import { goneRow, jsonRow, readJsonRow } from "./rows.ts";
import type { DeviceState } from "./types.ts";

const ROW = "backup";

interface BackupRow {
  readonly key: string;
  readonly head: { readonly version: number; readonly seq: number; readonly hash: string };
  /** Content keys in it, as far as this device put or read them. */
  readonly keys: number;
  readonly savedTs?: number;
}

/**
 * What this device holds of its user's backup: the key, how far it has got, and the keys that wait
 * for it. It is here from the start, since messages are queued with it; what reads and writes the
 * backup itself (`Backup`) comes when it is needed.
 */
export class HeldBackup implements BackupQueue {
  #row: BackupRow | undefined;
  #next = 1;
  /** Why the server's backup is not followed any more. */
  trouble: Extract<DeviceState["backup"], "unreadable" | "rolled_back"> | undefined;

  constructor(readonly store: DeviceStore) {}

  async load(): Promise<void> {
    const bytes = await this.store.get("device", ROW);
    this.#row = bytes && readJsonRow<BackupRow>(bytes);
    const waiting = await this.store.list("backup");
    this.#next = Number(waiting.at(-1)?.key ?? 0) + 1;
  }

  get state(): DeviceState["backup"] {
    return this.trouble ?? (this.#row === undefined ? "none" : "on");
  }

  get key(): Uint8Array<ArrayBuffer> | undefined {
    return this.#row && bytesOf(this.#row.key);
  }

  get head(): BackupHead | undefined {
    return this.#row && { ...this.#row.head, hash: bytesOf(this.#row.head.hash) };
  }

  /** Content keys in it, as far as is known here. */
  get keys(): number {
    return this.#row?.keys ?? 0;
  }

  get savedTs(): number | undefined {
    return this.#row?.savedTs;
  }

  rowsFor(keys: readonly ArchiveRow[]): StoreChange[] {
    return this.#row === undefined ? [] : keys.map((key) => queueRow(this.#next++, key));
  }

  /** Stores how far the backup has got, together with what led there. */
  async save(
    { backupKey, head, keys, savedTs }: {
      readonly backupKey: Uint8Array;
      readonly head: BackupHead;
      readonly keys: number;
      readonly savedTs?: number;
    },
    also: readonly StoreChange[] = [],
  ): Promise<void> {
    const ts = savedTs ?? this.#row?.savedTs;
    const row: BackupRow = {
      key: base64Of(backupKey),
      head: { ...head, hash: base64Of(head.hash) },
      keys,
      ...(ts === undefined ? {} : { savedTs: ts }),
    };
    await this.store.write([...also, jsonRow("device", ROW, row)]);
    this.#row = row;
  }

  /** The identity is another one: what the old backup holds belongs to the old one. */
  async forget(): Promise<void> {
    const waiting = await this.store.list("backup");
    await this.store.write([
      goneRow("device", ROW),
      ...waiting.map(({ key }) => goneRow("backup", key)),
    ]);
    this.#row = undefined;
    this.trouble = undefined;
  }
}

/** Bytes that this program wrote as base64. Throws where they are not. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const bytes = fromBase64(text);
  if (bytes === undefined) throw new Error("Bytes that should be base64 are not");
  return bytes;
}
