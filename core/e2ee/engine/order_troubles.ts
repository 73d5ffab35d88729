import { serverOf } from "../../ids/user_id.ts";
import { hashReceipt, signerOf } from "../receipt_chain.ts";
import type { GroupView } from "./calls.ts";
import { allGaps, gapRow } from "./gaps.ts";
import type { DeviceStore } from "./ports.ts";
import type { RoomBox } from "./room_box.ts";
import type { HealthProblem } from "./types.ts";

/** Problems that are kept of one room; older ones are forgotten. */
const MAX_PROBLEMS = 20;

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

/**
 * The group went another way from an epoch on than this device: what looked false since then may
 * be of the other one, and is asked for after all. @returns whether there is any
 */
async function reopenGaps(store: DeviceStore, roomId: string, fork: number): Promise<boolean> {
  const again = (await allGaps(store, roomId))
    .filter(({ fault, epoch }) => fault !== undefined && epoch >= fork);
  if (again.length === 0) return false;
  await store.write(
    again.map(({ eventId, sender, nonce, epoch }) =>
      gapRow(roomId, { event_id: eventId, sender, sealed: { nonce, epoch } })
    ),
  );
  return true;
}

/**
 * What the home server found out counts where both signatures hold; where one is false, that is
 * what is noted, of the server that told it.
 */
export async function judgeContradictions(
  box: RoomBox,
  view: GroupView,
  first: string,
): Promise<void> {
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
