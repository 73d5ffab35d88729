import { serverOf } from "../../ids/user_id.ts";
import { base64Of } from "../bytes.ts";
import {
  hashReceipt,
  ordererOf,
  type Orders,
  presentOrder,
  readOrders,
  signerOf,
} from "../receipt_chain.ts";
import { roomCode } from "../safety_number.ts";
import type { GroupView, Receipt } from "./calls.ts";
import { reopenGaps } from "./gaps.ts";
import type { RoomBox } from "./room_box.ts";
import type { OrderMeta } from "./room_store.ts";
import type { HealthProblem, RoomHealth } from "./types.ts";

/** Problems that are kept of one room; older ones are forgotten. */
const MAX_PROBLEMS = 20;

/** What a server says of the order of changes is not proven: it is not followed. */
export class ReceiptUnfit extends Error {
  override readonly name = "ReceiptUnfit";
}

/** Keeps what was found out; the same thing once. */
export async function noteProblem(
  box: RoomBox,
  problem: Omit<HealthProblem, "atMs">,
): Promise<void> {
  const { problems = [] } = box.meta;
  const same = (one: HealthProblem) =>
    one.kind === problem.kind && one.epoch === problem.epoch && one.server === problem.server &&
    one.user === problem.user && one.device === problem.device;
  if (problems.some(same)) return;
  const now = { ...problem, atMs: box.core.ports.clock.now() };
  await box.step({ meta: { problems: [now, ...problems].slice(0, MAX_PROBLEMS) } });
  box.core.ports.log?.log("warn", "Something is wrong with the group of a room", {
    room: box.roomId,
    ...problem,
  });
  box.changed();
}

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
    await noteProblem(box, { kind: "bad_receipt", epoch, server: view.sequencer });
    return;
  }
  box.orders = orders;
  if (known?.first !== first) await box.step({ meta: { order: { checked: false, first } } });
  if (orders.length > 1) await noteFork(box, presentOrder(orders).epoch);
  const by = signerOf(receipt, first);
  const signed = await box.core.serverKeys.check(receipt, by);
  if (signed === "bad") await noteProblem(box, { kind: "bad_receipt", epoch, server: by });
  const { last } = box.meta.order ?? {};
  if (last !== undefined && signed === "good") await compare(box, { last, receipt, by, first });
  await judgeContradictions(box, view, first);
}

/**
 * From an epoch on the group may have gone two ways: what does not open since then is asked for
 * instead of being taken for false.
 */
export async function noteFork(box: RoomBox, epoch: number): Promise<void> {
  const { order } = box.meta;
  if (order === undefined || (order.fork ?? Infinity) <= epoch) return;
  await box.step({ meta: { order: { ...order, fork: epoch } } });
  const { ports: { store }, missing } = box.core;
  if (await reopenGaps(store, box.roomId, epoch)) missing(box.roomId);
}

async function areSigned(box: RoomBox, takeovers: GroupView["takeovers"], first: string) {
  for (const receipt of takeovers.flatMap(({ former, first }) => [former, first])) {
    const signed = await box.core.serverKeys.check(receipt, signerOf(receipt, first));
    if (signed === "bad") return false;
  }
  return true;
}

/**
 * What the home server found out counts where both signatures hold; where one is false, that is
 * what is noted, of the server that told it.
 */
async function judgeContradictions(box: RoomBox, view: GroupView, first: string): Promise<void> {
  const { serverKeys } = box.core;
  for (const { epoch, receipts: [one, other] } of view.contradictions) {
    if (one.group !== other.group || one.base_epoch !== other.base_epoch) continue;
    if (hashReceipt(one) === hashReceipt(other)) continue;
    const server = signerOf(one, first);
    const isOne = one.term === other.term && server === signerOf(other, first);
    const kind = isOne ? "two_stories" : "void_changes";
    if (box.meta.problems?.some((known) => known.kind === kind && known.epoch === epoch)) continue;
    const signed = [
      await serverKeys.check(one, server),
      await serverKeys.check(other, signerOf(other, first)),
    ];
    if (signed.every((each) => each === "good")) await noteProblem(box, { kind, epoch, server });
    if (!signed.includes("bad")) continue;
    const teller = serverOf(box.core.device.userId);
    await noteProblem(box, { kind: "bad_receipt", epoch, server: teller });
  }
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

/** A device that came in by a Welcome has no receipt yet: the one of its epoch is the first. */
export async function anchor(box: RoomBox, { receipt }: GroupView): Promise<void> {
  const { group } = box;
  if (group === undefined || receipt?.base_epoch !== group.epoch - 1) return;
  if (box.meta.order?.last !== undefined) return;
  const about = { group: base64Of(group.groupId), epoch: receipt.base_epoch, anew: true };
  await box.step({ meta: { order: await judgeReceipt(box, receipt, about) } });
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

/** Two receipts of one server and term tell one story, or this one is found out. */
async function compare(
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
    await noteProblem(box, { kind: "two_stories", epoch, server: by });
  }
  if (receipt.base_epoch === epoch + 1 && receipt.prev_receipt !== hashReceipt(last)) {
    await noteProblem(box, { kind: "broken_chain", epoch, server: by });
  }
}

/** What pages show of it. */
export function healthOf(box: RoomBox): RoomHealth {
  const { order, problems = [] } = box.meta;
  const orders = box.orders ?? [];
  return {
    roomId: box.roomId,
    sequencer: box.sequencer ?? orders.at(-1)?.sequencer ??
      (order?.last && signerOf(order.last, order.first)),
    former: orders.slice(0, -1).map(({ sequencer }) => sequencer),
    successors: box.successors,
    term: order?.last?.term ?? 0,
    paused: box.troubles.has("sequencer_unreachable"),
    receipts: order?.last === undefined ? "none" : order.checked ? "checked" : "unchecked",
    code: box.group && roomCode(box.group.authenticator),
    problems,
  };
}
