import { sha256 } from "@noble/hashes/sha2.js";
import { serverOf } from "../../ids/user_id.ts";
import { MlsFault } from "../../mls/fault.ts";
import type { Group } from "../../mls/group.ts";
import { authHashOf } from "../../mls/group.ts";
import { readCommit } from "../../mls/readers.ts";
import { base64Of, fromBase64 } from "../bytes.ts";
import { hashReceipt } from "../receipt_chain.ts";
import type { DeviceCallInput, LoggedCommit, Receipt } from "./calls.ts";
import { GroupLost } from "./core.ts";
import { judgeReceipt, noteProblem } from "./order.ts";
import { CallRefused } from "./ports.ts";
import type { RoomBox } from "./room_box.ts";
import type { Pending } from "./room_store.ts";

/** Pages of missed commits that are read in one go: 10,000 commits. */
const MAX_PAGES = 100;

/** Takes the commits that were made since, up to an epoch or to the end of the log. */
export async function advance(box: RoomBox, upTo = Infinity): Promise<void> {
  for (let page = 0; page < MAX_PAGES && box.group !== undefined; page++) {
    if (box.group.epoch >= upTo) return;
    const { commits, has_more, gone } = await box.core.ports.transport.call("listCommits", {
      params: { room_id: box.roomId },
      query: { after_epoch: box.group.epoch - 1 },
    }, box.core.signal);
    if (gone) throw new GroupLost("state_lost", `Commits since epoch ${box.group.epoch} are gone`);
    for (const logged of commits) {
      if (box.group === undefined || box.group.epoch >= upTo) return;
      if (logged.epoch >= box.group.epoch) await takeCommit(box, logged);
    }
    if (!has_more) return;
  }
}

async function takeCommit(box: RoomBox, logged: LoggedCommit): Promise<void> {
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
function checkReceipt(receipt: Receipt, made: { hash: string; group: Group }): void {
  const authHash = base64Of(authHashOf(made.group.state.confirmationTag));
  if (receipt.commit_hash === made.hash && receipt.auth_hash === authHash) return;
  throw new GroupLost("group_differs", `Epoch ${made.group.epoch} is another one for the others`);
}

/** How handing in a commit ended. `lost`: somebody else's came first; the old group stands. */
export type Submitted = "taken" | "lost" | "refused";

/** Stores a commit and its group, hands it in, and takes it when it was accepted. */
export async function submit(
  box: RoomBox,
  pending: Pending,
  also: Parameters<RoomBox["step"]>[1] = [],
): Promise<Submitted> {
  await box.step({ pending }, also);
  return await handIn(box, pending);
}

async function handIn(box: RoomBox, pending: Pending): Promise<Submitted> {
  try {
    const { receipt } = await send(box, pending);
    if (pending.baseEpoch >= 0) checkReceipt(receipt, pending);
    await take(box, pending, receipt);
    return "taken";
  } catch (error) {
    if (!(error instanceof CallRefused) || error.code === "unavailable") throw error;
    if (error.code === "rate_limited") throw error;
    if (error.code === "stale_epoch") {
      if (box.group !== undefined && !pending.external) await advance(box);
      if (box.pending === undefined && box.group === pending.group) return "taken";
      await box.step({ pending: null });
      return "lost";
    }
    await box.step({ pending: null });
    box.core.ports.log?.log("warn", "A change of a group was refused", {
      room: box.roomId,
      code: error.code,
      why: error.message,
    });
    box.core.count(error.code === "policy" ? "commit_failed" : "other");
    return "refused";
  }
}

function send(box: RoomBox, pending: Pending): Promise<{ receipt: Receipt }> {
  const { transport } = box.core.ports;
  const params = { room_id: box.roomId };
  return pending.baseEpoch < 0
    ? transport.call("createGroup", {
      params,
      body: pending.body as DeviceCallInput<"createGroup">["body"],
    })
    : transport.call("sendCommit", {
      params,
      body: pending.body as DeviceCallInput<"sendCommit">["body"],
    });
}

async function take(box: RoomBox, pending: Pending, receipt: Receipt | undefined): Promise<void> {
  const joins = pending.external || pending.baseEpoch < 0;
  const order = receipt && await judgeReceipt(box, receipt, {
    group: base64Of(pending.group.groupId),
    epoch: pending.baseEpoch,
    anew: joins,
  });
  const { joinedEpoch = pending.group.epoch } = box.meta;
  await box.step({
    group: pending.group,
    pending: null,
    meta: {
      ...(order === undefined ? {} : { order }),
      ...(joins ? { encrypted: true, joinedEpoch } : {}),
    },
  });
  await box.checkMembers(pending.group);
  box.changed();
}

/** Finds out what became of a commit that has no receipt: the log says so, or it is sent again. */
export async function settle(box: RoomBox): Promise<void> {
  const { pending } = box;
  if (pending === undefined) return;
  if (pending.baseEpoch < 0) return await settleCreation(box, pending);
  if (!pending.external) {
    await advance(box);
    if (box.pending !== undefined && box.group?.epoch === pending.baseEpoch) {
      await handIn(box, pending);
    } else if (box.pending !== undefined) await box.step({ pending: null });
    return;
  }
  const { commits } = await box.core.ports.transport.call("listCommits", {
    params: { room_id: box.roomId },
    query: { after_epoch: pending.baseEpoch - 1, limit: 1 },
  });
  const first = commits.find(({ epoch }) => epoch === pending.baseEpoch);
  if (first === undefined) await handIn(box, pending);
  else if (first.receipt.commit_hash === pending.hash) await take(box, pending, first.receipt);
  else await box.step({ pending: null });
}

async function settleCreation(box: RoomBox, pending: Pending): Promise<void> {
  const view = await box.core.ports.transport.call("getGroup", { params: { room_id: box.roomId } });
  if (view.state === "none") await handIn(box, pending);
  else if (view.group_id === base64Of(pending.group.groupId)) {
    await take(box, pending, undefined);
  } else await box.step({ pending: null });
}
