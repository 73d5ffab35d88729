import { z } from "zod";
import { bytesOf } from "./bytes.ts";
import { GROUP_LIMITS } from "./e2ee_groups.ts";
import { defineOperation } from "./operation.ts";
import { DeviceRef } from "./sealed.ts";

/** Bounds of key packages. docs/PROTOCOL.md, "Encryption: delivery". */
export const KEY_PACKAGE_LIMITS = {
  bytes: 4096,
  /** One-time packages that are held of one device. */
  perDevice: 100,
  perUpload: 100,
  /** Below this many a device is asked for more (`key_packages.low`), and fills up to `full`. */
  low: 20,
  full: 50,
  /** Longest life, from now. */
  lifeMs: 35 * 24 * 3_600_000,
} as const;

const KeyPackage = bytesOf({ min: 1, max: KEY_PACKAGE_LIMITS.bytes });

export const uploadKeyPackages = defineOperation({
  id: "uploadKeyPackages",
  scope: null,
  method: "PUT",
  path: "/client/v1/key-packages",
  tag: "encryption",
  summary: "Give key packages of this device: others need one to add it to a group",
  auth: "user",
  body: z.object({
    packages: z.array(KeyPackage).max(KEY_PACKAGE_LIMITS.perUpload).default([]),
    last_resort: KeyPackage.optional().describe("Replaces the former one; given when none is left"),
  }),
  result: z.object({ left: z.number().int() }),
  errors: ["invalid", "forbidden", "limit_reached", "rate_limited"],
});

export const countKeyPackages = defineOperation({
  id: "countKeyPackages",
  scope: null,
  method: "GET",
  path: "/client/v1/key-packages",
  tag: "encryption",
  summary: "How many key packages of this device are left",
  auth: "user",
  result: z.object({
    left: z.number().int(),
    last_resort: z.boolean().describe("One is held"),
    last_resort_used: z.boolean().describe("It was given to somebody: replace it"),
  }),
  errors: ["forbidden"],
});

export const claimKeyPackages = defineOperation({
  id: "claimKeyPackages",
  scope: null,
  method: "POST",
  path: "/client/v1/rooms/:room_id/key-packages",
  tag: "encryption",
  summary:
    "Take a key package of each named device of the room's members; those without are absent",
  auth: "user",
  params: z.object({ room_id: z.string() }),
  body: z.object({ devices: z.array(DeviceRef).min(1).max(GROUP_LIMITS.claimDevices) }),
  result: z.object({
    packages: z.array(DeviceRef.extend({
      key_package: z.string(),
      last_resort: z.boolean(),
    })),
  }),
  errors: ["invalid", "not_found", "forbidden", "encrypted_room", "rate_limited", "unavailable"],
});
