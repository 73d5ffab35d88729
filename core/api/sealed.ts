import { z } from "zod";
import { parseDeviceId } from "../ids/device_id.ts";
import { limits } from "../limits.ts";
import { bytesOf } from "./bytes.ts";

export const DeviceIdText = z.string().refine((text) => parseDeviceId(text) !== undefined, {
  error: "must be the id of a device",
});

/** One device of a user. */
export const DeviceRef = z.object({ user: z.string(), device: DeviceIdText });
export type DeviceRef = z.infer<typeof DeviceRef>;

/** What an encrypted message carries in place of its text. PROTOCOL.md 12. */
export const Sealed = z.object({
  v: z.literal(1),
  epoch: z.number().int().min(0).describe("Of the group, as the sender sealed it"),
  nonce: bytesOf({ min: 16, max: 16 }),
  key: bytesOf({ min: 1, max: limits.sealed.maxKeyBytes }).describe(
    "MLS message with the content key",
  ),
  body: bytesOf({ min: 1, max: limits.sealed.maxBodyBytes }).describe("Ciphertext under that key"),
  quiet: z.literal(true).optional().describe(
    "Notifies nobody and is not unread; devices take it of what shares history alone",
  ),
});
export type Sealed = z.infer<typeof Sealed>;
