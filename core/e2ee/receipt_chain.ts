import { sha256 } from "@noble/hashes/sha2.js";
import type { Receipt, TakeOver } from "../api/e2ee_groups.ts";
import type { JsonObject } from "../event/json.ts";
import { writeCanonicalBytes } from "../event/json_write.ts";
import { taggedBytes } from "../event/sign.ts";
import { base64Of } from "./bytes.ts";

/** Older receipts lack members that newer ones have: what is absent is not written. */
function jsonOf(receipt: Partial<Receipt>): JsonObject {
  const members = Object.entries(receipt).filter(([, value]) => value !== undefined);
  return Object.fromEntries(members) as JsonObject;
}

/** What the next receipt names this one by: SHA-256 of its canonical JSON, signature included. */
export function hashReceipt(receipt: Receipt): string {
  return base64Of(sha256(writeCanonicalBytes(jsonOf(receipt))));
}

/** The bytes that a receipt's signature covers. PROTOCOL.md 13. */
export function receiptMessage(
  { sig: _, ...payload }: Omit<Receipt, "sig"> & { readonly sig?: string },
): Uint8Array<ArrayBuffer> {
  return taggedBytes("mls-receipt", writeCanonicalBytes(jsonOf(payload)));
}

/** Which server ordered a group from a term on. */
export interface Order {
  readonly sequencer: string;
  readonly term: number;
  /** The first epoch that was changed in that term. */
  readonly epoch: number;
}

/** Who ordered the group in each term, from the server of who made the room on. */
export type Orders = readonly [Order, ...Order[]];

/** The server that signs a receipt, where it does not name one: that of who made the room. */
export function signerOf({ by }: Pick<Receipt, "by">, first: string): string {
  return by ?? first;
}

/**
 * Who ordered the group and when, or undefined where a take-over does not follow from the one
 * before: each successor was named in the last receipt that it held of the server before it, and
 * goes on from there in the next term. Signatures are checked apart. PROTOCOL.md 13.
 */
export function readOrders(
  first: string,
  { group, room }: Pick<Receipt, "group" | "room">,
  takeovers: readonly TakeOver[],
): Orders | undefined {
  const orders: [Order, ...Order[]] = [{ sequencer: first, term: 0, epoch: -1 }];
  for (const { former, first: next } of takeovers) {
    const last = orders[orders.length - 1] as Order;
    const by = signerOf(next, first);
    const follows = former.group === group && next.group === group && former.room === room &&
      next.room === room && signerOf(former, first) === last.sequencer &&
      former.term >= last.term && next.term === former.term + 1 &&
      next.base_epoch === former.base_epoch + 1 && next.prev_receipt === hashReceipt(former) &&
      (former.successors ?? []).includes(by) && by !== last.sequencer;
    if (!follows) return undefined;
    orders.push({ sequencer: by, term: next.term, epoch: next.base_epoch });
  }
  return orders;
}

/** Who ordered the group in a term. */
export function ordererOf(orders: Orders, term: number): string {
  return orders.findLast((order) => order.term <= term)?.sequencer ?? orders[0].sequencer;
}

/** Who orders the group now. */
export function presentOrder(orders: Orders): Order {
  return orders[orders.length - 1] as Order;
}

/** One server's word of where a group is. */
interface Standing {
  readonly sequencer: string;
  readonly term: number;
}

/**
 * Whether what one server says of a group goes before what another one does, whatever their epochs:
 * the higher term; of two that took over in the same term the one of the lower name.
 */
export function goesBefore(one: Standing, other: Standing): boolean {
  if (one.term !== other.term) return one.term > other.term;
  return one.sequencer < other.sequencer;
}
