import { z } from "zod";
import { bytesOf } from "./bytes.ts";
import { defineOperation } from "./operation.ts";

/** Bounds of what people and their devices publish for encryption. */
export const E2EE_DEVICES = {
  /** Of one account; more are refused until one is removed. */
  perUser: 20,
  certificateBytes: 1024,
  nameChars: 80,
  usersPerQuery: 100,
  /** Messages from device to device that wait for one device; beyond it new ones are refused. */
  inboxItems: 200,
  /** Of these, how many one other account may have waiting there. */
  inboxItemsPerSender: 40,
  /** Unfetched after so long, a message is dropped: a verification takes minutes. */
  inboxLifeMs: 24 * 3_600_000,
  bodyBytes: 4096,
  inboxPage: 100,
} as const;

/**
 * What devices say to each other past the rooms; a closed list. `welcome` is a hint alone: the
 * Welcome itself waits on the home server. With `keys.request` a device asks its own devices, or a
 * sender, for content keys that it missed.
 */
export const TO_DEVICE_KINDS = [
  "verification.request",
  "verification.ready",
  "verification.start",
  "verification.accept",
  "verification.key",
  "verification.mac",
  "verification.done",
  "verification.cancel",
  "keys.request",
  "keys.answer",
  "welcome",
] as const;
export const ToDeviceKind = z.enum(TO_DEVICE_KINDS);
export type ToDeviceKind = z.infer<typeof ToDeviceKind>;

const PublicKey = bytesOf({ min: 32, max: 32 });
const Signature = bytesOf({ min: 64, max: 64 });

/** The public keys of a user: master, self-signing and user-signing key (Ed25519). */
export const Identity = z.object({
  msk: PublicKey.describe("Master key"),
  ssk: PublicKey.describe("Signs the user's own devices"),
  usk: PublicKey.describe("Signs the master keys of others"),
  ssk_sig: Signature.describe("The master key's signature of the self-signing key"),
  usk_sig: Signature.describe("The master key's signature of the user-signing key"),
});
export type Identity = z.infer<typeof Identity>;

const Certificate = bytesOf({ min: 1, max: E2EE_DEVICES.certificateBytes });
const DeviceName = z.string().trim().min(1).max(E2EE_DEVICES.nameChars);

/** A device as its own user sees it. */
export const OwnDevice = z.object({
  id: z.string(),
  session_id: z.string(),
  name: z.string(),
  certificate: Certificate.nullable().describe(
    "null: not verified yet; it has an inbox, and nobody encrypts to it",
  ),
  created_ts: z.number().int(),
  last_seen_ts: z.number().int().describe("Last use of its session, exact to a minute"),
  current: z.boolean(),
});
export type OwnDevice = z.infer<typeof OwnDevice>;

/** What others may know of a user's identity and devices. */
export const PublishedIdentity = z.object({
  user_id: z.string(),
  identity: Identity.nullable().describe("null: has none, or is not known to the caller"),
  devices: z.array(z.object({ device: z.string(), certificate: Certificate })),
  unreachable: z.literal(true).optional().describe(
    "The user's server did not answer: this is what was known before, if anything",
  ),
});
export type PublishedIdentity = z.infer<typeof PublishedIdentity>;

const ToDeviceBody = bytesOf({ max: E2EE_DEVICES.bodyBytes });

/** A message that waits for the device that asks. */
export const ToDeviceItem = z.object({
  id: z.string(),
  from: z.string().describe("User id of the sender, proven by its server"),
  from_device: z.string().nullable().describe("As the sender's server says"),
  kind: ToDeviceKind,
  body: ToDeviceBody,
  sent_ts: z.number().int(),
});
export type ToDeviceItem = z.infer<typeof ToDeviceItem>;

const tag = "encryption";
const auth = "user" as const;
const params = z.object({ device_id: z.string().max(64) });
const noContent = z.object({});

export const publishIdentity = defineOperation({
  id: "publishIdentity",
  scope: null,
  method: "PUT",
  path: "/client/v1/identity",
  tag,
  summary:
    "Publish the account's identity; another one than before is a reset, asked for as such: it needs the password again, and removes all devices",
  auth,
  body: Identity.extend({
    reset: z.boolean().default(false).describe("May take the place of another one"),
  }),
  result: z.object({
    reset: z.boolean().describe("Another identity was there before: every device registers anew"),
  }),
  errors: ["invalid", "conflict", "confirmation_required", "rate_limited"],
});

export const queryIdentities = defineOperation({
  id: "queryIdentities",
  scope: null,
  method: "POST",
  path: "/client/v1/identities",
  tag,
  summary: "Identities and devices of people of any server, in the order asked",
  auth,
  whileSuspended: true,
  body: z.object({ users: z.array(z.string().max(300)).min(1).max(E2EE_DEVICES.usersPerQuery) }),
  result: z.object({ users: z.array(PublishedIdentity) }),
  errors: ["invalid", "not_found"],
});

export const registerDevice = defineOperation({
  id: "registerDevice",
  scope: null,
  method: "PUT",
  path: "/client/v1/devices/:device_id",
  tag,
  summary:
    "Make this session a device; with a certificate it takes part in encrypted conversations, without it only waits to be verified",
  auth,
  params,
  body: z.object({ certificate: Certificate.nullable(), name: DeviceName }),
  result: OwnDevice,
  errors: ["invalid", "conflict", "limit_reached", "rate_limited"],
});

export const listDevices = defineOperation({
  id: "listDevices",
  scope: null,
  method: "GET",
  path: "/client/v1/devices",
  tag,
  summary: "The account's own devices, the last used first",
  auth,
  result: z.object({ devices: z.array(OwnDevice) }),
  errors: [],
});

export const renameDevice = defineOperation({
  id: "renameDevice",
  scope: null,
  method: "PATCH",
  path: "/client/v1/devices/:device_id",
  tag,
  summary: "Give a device of one's own another name; nobody else sees it",
  auth,
  whileSuspended: true,
  params,
  body: z.object({ name: DeviceName }),
  result: OwnDevice,
  errors: ["invalid", "not_found"],
});

export const removeDevice = defineOperation({
  id: "removeDevice",
  scope: null,
  method: "DELETE",
  path: "/client/v1/devices/:device_id",
  tag,
  summary: "Cut a device off: its session ends, and it leaves every encrypted conversation",
  auth,
  confirm: true,
  whileSuspended: true,
  params,
  result: noContent,
  errors: ["not_found", "confirmation_required"],
});

export const sendToDevice = defineOperation({
  id: "sendToDevice",
  scope: null,
  method: "POST",
  path: "/client/v1/to-device",
  tag,
  summary:
    "Send a message to a device, or to all devices, of oneself, of a friend or of somebody one shares a room with",
  auth,
  body: z.object({
    user_id: z.string().max(300),
    device_id: z.string().max(64).describe("A device id, or `*` for all of them"),
    kind: ToDeviceKind,
    body: ToDeviceBody,
  }),
  result: z.object({
    devices: z.number().int().nullable().describe(
      "Inboxes it was put into; null: it goes to another server, which decides",
    ),
  }),
  errors: ["invalid", "not_found", "limit_reached", "rate_limited"],
});

export const listToDevice = defineOperation({
  id: "listToDevice",
  scope: null,
  method: "GET",
  path: "/client/v1/to-device",
  tag,
  summary: "What waits for the device of this session, oldest first; each is kept until deleted",
  auth,
  whileSuspended: true,
  result: z.object({ items: z.array(ToDeviceItem), more: z.boolean() }),
  errors: ["not_found"],
});

export const deleteToDevice = defineOperation({
  id: "deleteToDevice",
  scope: null,
  method: "DELETE",
  path: "/client/v1/to-device/:id",
  tag,
  summary: "Say that a message has been taken in; one that is gone already is no error",
  auth,
  whileSuspended: true,
  params: z.object({ id: z.string().max(64) }),
  result: noContent,
  errors: ["not_found"],
});
