import type { NotifySetting } from "../../../core/api/notify.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { noticesOn } from "../notices.ts";

/** What a user wants to be told of a place has changed: all of the user's devices hear it. */
export interface NotifyNotice {
  readonly userId: UserId;
  readonly setting: NotifySetting;
}

export const { publish: publishNotifyNotice, subscribe: subscribeNotifyNotices } = noticesOn<
  NotifyNotice
>("og.notify");
