import type { EventId } from "../../ids/event_id.ts";
import type { RoomId } from "../../ids/room_id.ts";
import type { BackupEntry } from "../backup_entries.ts";
import { base64Of, fromBase64 } from "../bytes.ts";
import type { RecordKind } from "../envelope.ts";
import type { ArchiveRow } from "./archive.ts";
import type { StoreChange, StoreRow } from "./ports.ts";
import { jsonRow, readJsonRow } from "./rows.ts";

/** Content keys that wait to be put into the backup; nothing waits where there is none. */
export interface BackupQueue {
  /** Rows to be written together with the archive's own. */
  rowsFor(keys: readonly ArchiveRow[]): StoreChange[];
}

interface QueuedKey {
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

export function readQueueRow({ value }: StoreRow): ArchiveRow {
  const row = readJsonRow<QueuedKey>(value);
  const bytes = (text: string) => fromBase64(text) ?? new Uint8Array();
  return {
    roomId: row.room,
    eventId: row.event,
    key: {
      nonce: bytes(row.nonce),
      contentKey: bytes(row.key),
      hash: bytes(row.hash),
      kind: row.kind,
      device: undefined,
    },
  };
}

/** Keys as a chunk holds them: by room. */
export function toEntries(rows: readonly ArchiveRow[]): BackupEntry[] {
  const byRoom = Map.groupBy(rows, ({ roomId }) => roomId);
  return [...byRoom].map(([roomId, keys]) => ({
    type: "keys",
    roomId: roomId as RoomId,
    keys: keys.map(({ eventId, key: { nonce, contentKey, hash, kind } }) => ({
      eventId: eventId as EventId,
      nonce,
      contentKey,
      hash,
      kind,
    })),
  }));
}
