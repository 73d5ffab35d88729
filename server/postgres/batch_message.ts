import type { EventRow, StoredEvent } from "./event_rows.ts";
import type { CommittedBatch } from "./log_writer.ts";

/** Bus subject on which writers tell each other what they stored. */
export const BATCH_SUBJECT = "log";

/** Larger batches are announced without their events, which readers then take from Postgres. */
const MAX_MESSAGE_BYTES = 512 * 1024;

/** A batch as another process hears of it. */
export interface AnnouncedBatch extends Omit<CommittedBatch, "events"> {
  /** Absent: too large for a message. */
  readonly events: readonly StoredEvent[] | undefined;
}

interface Message {
  w: number;
  p: number;
  l: number;
  e?: (Omit<EventRow, "hash" | "held"> & { at: number; hash: string })[];
}

export function encodeBatch(batch: CommittedBatch): Uint8Array {
  const head: Message = { w: batch.writerId, p: batch.previousPosition, l: batch.lastPosition };
  const size = batch.events.reduce((sum, event) => sum + event.pdu.length + 400, 0);
  const full = size > MAX_MESSAGE_BYTES ? head : { ...head, e: batch.events.map(encodeStored) };
  const bytes = new TextEncoder().encode(JSON.stringify(full));
  return bytes.length > MAX_MESSAGE_BYTES * 1.5
    ? new TextEncoder().encode(JSON.stringify(head))
    : bytes;
}

function encodeStored(event: StoredEvent) {
  const { held: _held, hash, writerId: _writerId, position, ...row } = event;
  return { ...row, at: position, hash: hash.toBase64() };
}

/** @throws SyntaxError when the message is none of `encodeBatch`'s. */
export function decodeBatch(bytes: Uint8Array): AnnouncedBatch {
  const message = JSON.parse(new TextDecoder().decode(bytes)) as Message;
  return {
    writerId: message.w,
    previousPosition: message.p,
    lastPosition: message.l,
    events: message.e?.map(({ at, hash, ...row }) => ({
      ...row,
      hash: Uint8Array.fromBase64(hash),
      writerId: message.w,
      position: at,
    })),
  };
}
