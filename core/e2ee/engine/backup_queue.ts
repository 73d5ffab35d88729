import { base64Of } from "../bytes.ts";
import type { ContentKey } from "./archive.ts";
import type { StoreChange } from "./ports.ts";
import { jsonRow } from "./rows.ts";

/** A content key on its way into the backup. */
export interface BackedKey {
  readonly roomId: string;
  readonly eventId: string;
  /** Base64, as in the message. */
  readonly nonce: string;
  readonly key: ContentKey;
}

/** Content keys that wait to be put into the backup; nothing waits where there is none. */
export interface BackupQueue {
  /** Rows to be written together with the archive's own. */
  rowsFor(keys: readonly BackedKey[]): StoreChange[];
}

export interface QueuedKey {
  readonly room: string;
  readonly event: string;
  readonly nonce: string;
  readonly key: string;
  readonly hash: string;
  readonly kind: string;
}

export function queueRow(at: string, { roomId, eventId, nonce, key }: BackedKey): StoreChange {
  const row: QueuedKey = {
    room: roomId,
    event: eventId,
    nonce,
    key: base64Of(key.contentKey),
    hash: base64Of(key.hash),
    kind: key.kind,
  };
  return jsonRow("backup", at, row);
}
