import type { RoomId } from "../ids/room_id.ts";
import type { UserId } from "../ids/user_id.ts";
import { writeCanonicalBytes } from "./json_write.ts";
import { taggedBytes } from "./sign.ts";

/** What a user's server asks others to erase. PROTOCOL.md 6 (erasure). */
export interface ErasureOrder {
  readonly user: UserId;
  /** Absent: in all rooms. */
  readonly rooms?: readonly RoomId[] | undefined;
  /** Milliseconds, exclusive: events dated before it. */
  readonly before_ts: number;
  /** Grows with every order for this user. */
  readonly seq: number;
}

/** What a server says that it did. */
export interface ErasureReceipt {
  readonly user: UserId;
  readonly seq: number;
  /** How many events lost their content. */
  readonly erased: number;
  readonly done_ts: number;
}

/** The bytes that the user's server signs. */
export function erasureOrderBytes(order: ErasureOrder): Uint8Array<ArrayBuffer> {
  const { user, rooms, before_ts, seq } = order;
  const fields = { user, before_ts, seq, ...(rooms === undefined ? {} : { rooms: [...rooms] }) };
  return taggedBytes("erasure", writeCanonicalBytes(fields));
}

/** The bytes that the erasing server signs. */
export function erasureReceiptBytes(receipt: ErasureReceipt): Uint8Array<ArrayBuffer> {
  const { user, seq, erased, done_ts } = receipt;
  return taggedBytes("erasure", writeCanonicalBytes({ user, seq, erased, done_ts }));
}
