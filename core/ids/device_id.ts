import { decodeBase58To16, encodeBase58Of16 } from "./base58.ts";
import type { Brand } from "./brand.ts";

/** One signed-in browser or program of a user: base58 of 16 random bytes. PROTOCOL.md 12. */
export type DeviceId = Brand<"DeviceId">;

/** The device id, or undefined. */
export function parseDeviceId(text: string): DeviceId | undefined {
  return decodeBase58To16(text) === undefined ? undefined : text as DeviceId;
}

/** A new device's id. Throws RangeError unless `random` has 16 bytes. */
export function deviceIdFromBytes(random: Uint8Array): DeviceId {
  return encodeBase58Of16(random) as DeviceId;
}
