import type { DeviceId } from "../../../core/ids/device_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Bus } from "../../../core/ports/bus.ts";

/** What devices are told of: hints, each reads what it wants to know. */
export type DeviceNotice =
  /** An account's identity or devices have changed: who shares an encrypted room hears it. */
  | { readonly kind: "devices"; readonly userId: UserId }
  /** Something waits in an inbox. */
  | { readonly kind: "inbox"; readonly userId: UserId; readonly deviceIds: readonly DeviceId[] };

const SUBJECT = "og.device";

export function publishDeviceNotice(bus: Bus, notice: DeviceNotice): void {
  bus.publish(SUBJECT, new TextEncoder().encode(JSON.stringify(notice)));
}

/** Hears the notices of every process, this one's too. Returns the end of the subscription. */
export function subscribeDeviceNotices(
  bus: Bus,
  handle: (notice: DeviceNotice) => void,
): () => void {
  // Only processes of this homeserver write there.
  return bus.subscribe(
    SUBJECT,
    (payload) => handle(JSON.parse(new TextDecoder().decode(payload)) as DeviceNotice),
  );
}
