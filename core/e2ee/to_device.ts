import type { ToDeviceKind } from "../api/e2ee_devices.ts";
import type { DeviceId } from "../ids/device_id.ts";
import type { UserId } from "../ids/user_id.ts";

/** One message to a device of somebody, or to all of them. PROTOCOL.md 10 (devices). */
export interface ToDevice {
  readonly from: UserId;
  readonly fromDevice: DeviceId | null;
  readonly to: UserId;
  /** `*`: all of them but the sending one. */
  readonly device: DeviceId | "*";
  readonly kind: ToDeviceKind;
  readonly body: Uint8Array;
}
