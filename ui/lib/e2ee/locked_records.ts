import type { OutboxRecord } from "../store/outbox.ts";
import { type Locked, RestKey } from "./rest_key.ts";

/** A record of the outbox as it lies in the browser's store. */
type LockedRecord = OutboxRecord & { readonly locked?: Locked };

const placeOf = (nonce: string) => `outbox ${nonce}`;
type Said = Pick<OutboxRecord, "body" | "media" | "replyTo">;

/** The record without what was said, which only this browser can read. */
export async function lockRecord(record: OutboxRecord): Promise<OutboxRecord> {
  const { body, media, replyTo } = record;
  const key = await RestKey.open(record.userId);
  const said: Said = { body, media, replyTo };
  const locked = await key.lockValue(placeOf(record.nonce), said);
  const kept: LockedRecord = { ...record, body: "", media: [], replyTo: null, locked };
  return kept;
}

/** Records as they were written. What can be read no more, as its key is gone, is left out. */
export async function unlockRecords(
  records: readonly OutboxRecord[],
): Promise<readonly OutboxRecord[]> {
  const opened = await Promise.all(records.map(async (record) => {
    const { locked, ...rest } = record as LockedRecord;
    if (!locked) return record;
    const key = await RestKey.open(record.userId);
    const said = await key.unlockValue<Said>(placeOf(record.nonce), locked);
    return said && { ...rest, ...said };
  }));
  return opened.filter((record) => record !== undefined);
}
