import { ordererOf, type Orders, signerOf } from "../receipt_chain.ts";
import type { Receipt } from "./calls.ts";
import { compare, learnOrders, ReceiptUnfit } from "./order.ts";
import { noteProblem } from "./order_troubles.ts";
import type { RoomBox } from "./room_box.ts";
import type { OrderMeta } from "./room_store.ts";

/** @throws ReceiptUnfit always */
async function unfit(
  box: RoomBox,
  about: { readonly epoch: number; readonly server: string },
  why: string,
): Promise<never> {
  await noteProblem(box, { kind: "bad_receipt", ...about });
  box.core.count("group_differs");
  box.trouble("order_disputed");
  throw new ReceiptUnfit(`Room ${box.roomId}, epoch ${about.epoch}: ${why}`);
}

/**
 * What a receipt makes of what is known of the order. It must be of this group and epoch, of a
 * term that does not go back, and by the server that ordered the group in that term. Whether it
 * tells another story than the one before is noted: the group itself is judged by its secrets.
 * `anew`: the device came in from outside, nothing need follow from what it had.
 * @throws ReceiptUnfit, ServerUnreachable
 */
export async function judgeReceipt(
  box: RoomBox,
  receipt: Receipt,
  { group, epoch, anew = false }: {
    readonly group: string;
    readonly epoch: number;
    readonly anew?: boolean;
  },
): Promise<OrderMeta> {
  const orders = await ordersFor(box, receipt);
  const first = box.meta.order?.first ?? orders?.[0].sequencer ?? signerOf(receipt, "");
  const by = signerOf(receipt, first);
  const about = { epoch, server: by };
  if (receipt.group !== group || receipt.room !== box.roomId || receipt.base_epoch !== epoch) {
    return await unfit(box, about, "The receipt is of another change");
  }
  if (orders !== undefined && ordererOf(orders, receipt.term) !== by) {
    return await unfit(box, about, `${by} does not order the group in term ${receipt.term}`);
  }
  const last = box.meta.order?.last;
  if (last !== undefined && receipt.term < last.term && !anew) {
    return await unfit(box, about, `The receipt is of term ${receipt.term}, after ${last.term}`);
  }
  const signed = await box.core.serverKeys.check(receipt, by);
  if (signed === "bad") return await unfit(box, about, `${by} did not sign the receipt`);
  if (last !== undefined && signed === "good") await compare(box, { last, receipt, by, first });
  box.well("order_disputed");
  return { ...box.meta.order, first, last: receipt, checked: signed === "good" };
}

/** Who orders the group, read anew where a receipt is by somebody else. */
async function ordersFor(box: RoomBox, receipt: Receipt): Promise<Orders | undefined> {
  const isKnown = () =>
    box.orders !== undefined &&
    ordererOf(box.orders, receipt.term) === signerOf(receipt, box.orders[0].sequencer);
  if (!isKnown()) {
    const view = await box.core.ports.transport.call("getGroup", {
      params: { room_id: box.roomId },
    });
    await learnOrders(box, view);
  }
  return box.orders;
}
