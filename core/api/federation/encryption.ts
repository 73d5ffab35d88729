import { z } from "zod";
import { bytesOf } from "../bytes.ts";
import { E2EE_DEVICES, Identity, ToDeviceKind } from "../e2ee_devices.ts";
import { defineFederationOperation } from "./operation.ts";
import { UserIdText } from "./shapes.ts";

const Version = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** What a server says that its user has published for encryption. */
export const RemoteDeviceList = z.object({
  user: UserIdText,
  version: Version.describe("Rises with every change of identity or devices"),
  identity: Identity.nullable(),
  devices: z.array(z.object({
    device: z.string().max(64),
    certificate: bytesOf({ min: 1, max: E2EE_DEVICES.certificateBytes }),
  })).max(E2EE_DEVICES.perUser),
});
export type RemoteDeviceList = z.infer<typeof RemoteDeviceList>;

/** Identities and devices of users of the answering server. PROTOCOL.md 10 (devices). */
export const queryDevices = defineFederationOperation({
  id: "queryDevices",
  method: "POST",
  path: "/_federation/devices",
  summary:
    "Identities and devices of the receiver's users that the asker shares a room with, or friends of whom it has; others are absent",
  request: z.object({ users: z.array(UserIdText).min(1).max(E2EE_DEVICES.usersPerQuery) }),
  answer: z.object({ users: z.array(RemoteDeviceList).max(E2EE_DEVICES.usersPerQuery) }),
  maxAnswerBytes: 8 * 1024 * 1024,
  timeoutMs: 15_000,
});

/** Content of `m.device`: what others hold of the user is old. */
export const DeviceEdu = z.object({ user: UserIdText, version: Version });

/** Content of `m.to_device`. */
export const ToDeviceEdu = z.object({
  from: UserIdText,
  from_device: z.string().max(64).nullable().default(null),
  to: UserIdText,
  /** A device id, or `*`. */
  device: z.string().max(64),
  kind: ToDeviceKind,
  body: bytesOf({ max: E2EE_DEVICES.bodyBytes }),
});
