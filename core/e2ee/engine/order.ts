import { hashReceipt, presentOrder, readOrders, signerOf } from "../receipt_chain.ts";
import type { GroupView, Receipt } from "./calls.ts";
import { fetched } from "./part.ts";
import type { RoomBox } from "./room_box.ts";
import type { HealthProblem } from "./types.ts";

/** Fetched where something is wrong, or was: with most groups nothing ever is. */
const troubles = () => fetched(() => import("./order_troubles.ts"));

async function note(box: RoomBox, problem: Omit<HealthProblem, "atMs">): Promise<void> {
  await (await troubles()).noteProblem(box, problem);
}

/** What a server says of the order of changes is not proven: it is not followed. */
export class ReceiptUnfit extends Error {
  override readonly name = "ReceiptUnfit";
}

/**
 * Takes in who orders the group as the home server tells it: each take-over is signed by the server
 * before and by the successor, from the server on that was named first.
 */
export async function learnOrders(box: RoomBox, view: GroupView): Promise<void> {
  const { receipt, takeovers } = view;
  box.sequencer = view.sequencer;
  box.successors = view.successors;
  if (receipt === null) return;
  const known = box.meta.order;
  const first = known?.first ?? signerOf(takeovers[0]?.former ?? receipt, view.sequencer);
  const orders = readOrders(first, receipt, takeovers);
  const epoch = receipt.base_epoch;
  if (orders === undefined || !await areSigned(box, takeovers, first)) {
    return await note(box, { kind: "bad_receipt", epoch, server: view.sequencer });
  }
  box.orders = orders;
  if (known?.first !== first) await box.step({ meta: { order: { checked: false, first } } });
  if (orders.length > 1) await (await troubles()).noteFork(box, presentOrder(orders).epoch);
  const by = signerOf(receipt, first);
  const signed = await box.core.serverKeys.check(receipt, by);
  if (signed === "bad") await note(box, { kind: "bad_receipt", epoch, server: by });
  const { last } = box.meta.order ?? {};
  if (last !== undefined && signed === "good") await compare(box, { last, receipt, by, first });
  if (view.contradictions.length > 0) {
    await (await troubles()).judgeContradictions(box, view, first);
  }
}

async function areSigned(box: RoomBox, takeovers: GroupView["takeovers"], first: string) {
  for (const receipt of takeovers.flatMap(({ former, first }) => [former, first])) {
    const signed = await box.core.serverKeys.check(receipt, signerOf(receipt, first));
    if (signed === "bad") return false;
  }
  return true;
}

/** Two receipts of one server and term tell one story, or this one is found out. */
export async function compare(
  box: RoomBox,
  { last, receipt, by, first }: {
    readonly last: Receipt;
    readonly receipt: Receipt;
    readonly by: string;
    readonly first: string;
  },
): Promise<void> {
  if (receipt.term !== last.term || by !== signerOf(last, first)) return;
  if (receipt.group !== last.group) return;
  const epoch = last.base_epoch;
  if (receipt.base_epoch === epoch && hashReceipt(receipt) !== hashReceipt(last)) {
    await note(box, { kind: "two_stories", epoch, server: by });
  }
  if (receipt.base_epoch === epoch + 1 && receipt.prev_receipt !== hashReceipt(last)) {
    await note(box, { kind: "broken_chain", epoch, server: by });
  }
}
