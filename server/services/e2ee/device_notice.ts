import type { DeviceId } from "../../../core/ids/device_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { noticesOn } from "../notices.ts";

/** What devices are told of: hints, each reads what it wants to know. */
export type DeviceNotice =
  /** An account's identity or devices have changed: who shares an encrypted room hears it. */
  | { readonly kind: "devices"; readonly userId: UserId }
  /** Something waits in an inbox. */
  | { readonly kind: "inbox"; readonly userId: UserId; readonly deviceIds: readonly DeviceId[] };

export const { publish: publishDeviceNotice, subscribe: subscribeDeviceNotices } = noticesOn<
  DeviceNotice
>("og.device");
