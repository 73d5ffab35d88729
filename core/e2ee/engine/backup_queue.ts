import { base64Of } from "../bytes.ts";
import type { RecordKind } from "../envelope.ts";
import type { ArchiveRow } from "./archive.ts";
import type { StoreChange } from "./ports.ts";
import { jsonRow } from "./rows.ts";

/** Content keys that wait to be put into the backup; nothing waits where there is none. */
export interface BackupQueue {
  /** Rows to be written together with the archive's own. */
  rowsFor(keys: readonly ArchiveRow[]): StoreChange[];
}

/** A row of the queue; `queued_keys.ts` reads it. */
export interface QueuedKey {
  readonly room: string;
  readonly event: string;
  readonly nonce: string;
  readonly key: string;
  readonly hash: string;
  readonly kind: RecordKind;
}

export function queueRow(at: number, { roomId, eventId, key }: ArchiveRow): StoreChange {
  const row: QueuedKey = {
    room: roomId,
    event: eventId,
    nonce: base64Of(key.nonce),
    key: base64Of(key.contentKey),
    hash: base64Of(key.hash),
    kind: key.kind,
  };
  return jsonRow("backup", String(at).padStart(12, "0"), row);
}
