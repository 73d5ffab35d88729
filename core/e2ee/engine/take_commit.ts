import { sha256 } from "@noble/hashes/sha2.js";
import { serverOf } from "../../ids/user_id.ts";
import { MlsFault } from "../../mls/fault.ts";
import { authHashOf, type Group } from "../../mls/group.ts";
import { readCommit } from "../../mls/readers.ts";
import { base64Of, fromBase64 } from "../bytes.ts";
import { hashReceipt } from "../receipt_chain.ts";
import type { LoggedCommit, Receipt } from "./calls.ts";
import { GroupLost } from "./core.ts";
import { judgeReceipt } from "./judge_receipt.ts";
import { noteProblem } from "./order_troubles.ts";
import type { RoomBox } from "./room_box.ts";

/** Follows one commit of the log, or takes the group that this device made with it. */
export async function takeCommit(box: RoomBox, logged: LoggedCommit): Promise<void> {
  const { group, pending } = box;
  if (group === undefined) return;
  if (logged.epoch > group.epoch) {
    throw new GroupLost("commit_failed", `The commit of epoch ${group.epoch} is missing`);
  }
  const bytes = fromBase64(logged.commit) ?? new Uint8Array();
  const hash = base64Of(sha256(bytes));
  const order = await judgeReceipt(box, logged.receipt, {
    group: base64Of(group.groupId),
    epoch: logged.epoch,
  });
  const next = pending?.hash === hash
    ? pending.group
    : await processed(box, group, logged.receipt, bytes);
  // Whoever is taken out cannot compute the epoch without them: there is nothing to compare.
  if (next.removed) {
    // Let in again, it reads from there on: what was said between is not for it.
    await box.step({ group: null, pending: null, meta: { joinedEpoch: undefined, order } });
    return;
  }
  checkReceipt(logged.receipt, { hash, group: next });
  await box.checkMembers(next);
  await box.step({ group: next, pending: null, meta: { order } });
  box.well("unexpected_member");
  box.changed();
}

async function processed(
  box: RoomBox,
  group: Group,
  receipt: Receipt,
  commit: Uint8Array,
): Promise<Group> {
  try {
    return (await box.core.mls.process(group, commit)).group;
  } catch (error) {
    if (!(error instanceof MlsFault)) throw error;
    const isOwn = error.reason === "own_commit";
    const isBlamed = !isOwn && await blame(box, group, receipt, commit);
    throw new GroupLost(
      isOwn ? "state_lost" : "commit_failed",
      `Cannot follow the group: ${error.message}`,
      error,
      isBlamed ? group.epoch : undefined,
    );
  }
}

/**
 * Notes whose commit cannot be followed. It is its maker's fault only where this device's own
 * epoch is the one that the sequencer signed for, and the commit goes on from there.
 */
async function blame(
  box: RoomBox,
  group: Group,
  receipt: Receipt,
  commit: Uint8Array,
): Promise<boolean> {
  const last = box.meta.order?.last;
  const isSigned = last?.base_epoch === group.epoch - 1 &&
    receipt.prev_receipt === hashReceipt(last) &&
    last.auth_hash === base64Of(authHashOf(group.state.confirmationTag));
  if (!isSigned) return false;
  const { committer, joiner } = readCommit(commit);
  const leaf = joiner ?? group.leaves().find((each) => each.leaf === committer);
  const made = leaf && await box.core.trust.certificateOf(leaf.credential, leaf.signatureKey);
  if (made === undefined) return false;
  const { user, device } = made;
  const epoch = group.epoch;
  await noteProblem(box, { kind: "useless_commit", epoch, user, device, server: serverOf(user) });
  return true;
}

/** The sequencer's word must be about this very epoch: another one has other secrets (trap T9). */
export function checkReceipt(receipt: Receipt, made: { hash: string; group: Group }): void {
  const authHash = base64Of(authHashOf(made.group.state.confirmationTag));
  if (receipt.commit_hash === made.hash && receipt.auth_hash === authHash) return;
  throw new GroupLost("group_differs", `Epoch ${made.group.epoch} is another one for the others`);
}
