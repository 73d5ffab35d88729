import { base64Of } from "../bytes.ts";
import type { DeviceCallInput, Receipt } from "./calls.ts";
import { advance } from "./commits.ts";
import { judgeReceipt } from "./judge_receipt.ts";
import { CallRefused } from "./ports.ts";
import type { RoomBox } from "./room_box.ts";
import type { Pending } from "./room_store.ts";
import { checkReceipt } from "./take_commit.ts";

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
