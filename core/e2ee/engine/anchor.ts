import { base64Of } from "../bytes.ts";
import type { GroupView } from "./calls.ts";
import { fetched } from "./part.ts";
import type { RoomBox } from "./room_box.ts";

/** A device that came in by a Welcome has no receipt yet: the one of its epoch is the first. */
export async function anchor(box: RoomBox, { receipt }: GroupView): Promise<void> {
  const { group } = box;
  if (group === undefined || receipt?.base_epoch !== group.epoch - 1) return;
  if (box.meta.order?.last !== undefined) return;
  const about = { group: base64Of(group.groupId), epoch: receipt.base_epoch, anew: true };
  const { judgeReceipt } = await fetched(() => import("./judge_receipt.ts"));
  await box.step({ meta: { order: await judgeReceipt(box, receipt, about) } });
}
