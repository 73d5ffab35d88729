import type { UserId } from "../../../core/ids/user_id.ts";
import { noticesOn } from "../notices.ts";

/** Somebody has a device that is told: every process looks for what concerns them. */
export interface PushNotice {
  readonly userId: UserId;
}

export const { publish: publishPushNotice, subscribe: subscribePushNotices } = noticesOn<
  PushNotice
>("og.push");
