import type { EventId } from "../../ids/event_id.ts";
import type { RoomId } from "../../ids/room_id.ts";
import type { BackupEntry } from "../backup_entries.ts";
import { fromBase64 } from "../bytes.ts";
import type { ArchiveRow } from "./archive.ts";
import type { QueuedKey } from "./backup_queue.ts";
import type { StoreRow } from "./ports.ts";
import { readJsonRow } from "./rows.ts";

/** A key that waits for the backup, as `queueRow` wrote it. */
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
