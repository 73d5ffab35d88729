import { z } from "zod";
import { defineOperation } from "./operation.ts";
import { User } from "./user.ts";

/** Bounds of what is kept of devices. */
export const PUSH = {
  devicesPerAccount: 30,
  endpointChars: 1000,
  /** Of the text that a notification shows. */
  textChars: 180,
} as const;

const tag = "notifications";
const base64url = (bytes: number) =>
  z.string().length(Math.ceil((bytes * 4) / 3)).regex(/^[A-Za-z0-9_-]+$/);

export const PushDevice = z.object({
  session_id: z.string(),
  device_name: z.string(),
  created_ts: z.number().int(),
  last_push_ts: z.number().int().nullable(),
  current: z.boolean(),
});
export type PushDevice = z.infer<typeof PushDevice>;

/**
 * What this server sends to a device through its push service, as JSON, encrypted (RFC 8291): which
 * message it is about and nothing of what it says. The device asks for that with its session.
 * `call`: it rings in a conversation; `call_over`: it does no longer.
 */
export const PushPayload = z.object({
  v: z.literal(1),
  kind: z.enum(["message", "call", "call_over", "trial"]),
  room_id: z.string().optional(),
  event_id: z.string().optional(),
  missed: z.boolean().optional().describe("Of `call_over`: nobody of the account answered"),
});
export type PushPayload = z.infer<typeof PushPayload>;

export const getPush = defineOperation({
  id: "getPush",
  scope: null,
  method: "GET",
  path: "/client/v1/account/push",
  tag,
  summary: "The key to subscribe with (`applicationServerKey`), and devices that are told",
  auth: "user",
  result: z.object({
    key: z.string().nullable().describe(
      "P-256 point, uncompressed, base64url; null: this server tells no devices",
    ),
    devices: z.array(PushDevice),
  }),
  errors: [],
});

export const subscribePush = defineOperation({
  id: "subscribePush",
  scope: null,
  method: "PUT",
  path: "/client/v1/account/push",
  tag,
  summary: "Have this device told through its browser's push service; it ends with the session",
  auth: "user",
  whileSuspended: true,
  body: z.object({
    endpoint: z.string().max(PUSH.endpointChars),
    p256dh: base64url(65),
    auth: base64url(16),
  }),
  result: PushDevice,
  errors: ["invalid", "limit_reached", "unavailable"],
});

export const unsubscribePush = defineOperation({
  id: "unsubscribePush",
  scope: null,
  method: "DELETE",
  path: "/client/v1/account/push/:session_id",
  tag,
  summary: "Tell a device no more; `current` is the one that asks",
  auth: "user",
  whileSuspended: true,
  params: z.object({ session_id: z.string().max(300) }),
  result: z.object({}),
  errors: ["not_found"],
});

export const tryPush = defineOperation({
  id: "tryPush",
  scope: null,
  method: "POST",
  path: "/client/v1/account/push/try",
  tag,
  summary: "Send a trial to this device; answers with what its push service said",
  auth: "user",
  result: z.object({}),
  errors: ["not_found", "rate_limited", "unavailable"],
});

export const getPushNote = defineOperation({
  id: "getPushNote",
  scope: null,
  method: "GET",
  path: "/client/v1/account/push/note",
  tag,
  summary: "What a notification about a message shows, to who may read it now",
  auth: "user",
  query: z.object({ room_id: z.string().max(300), event_id: z.string().max(300) }),
  result: z.object({
    author: User,
    name: z.string().describe("The author's, as it is in the guild"),
    webhook: z.literal(true).optional().describe("Its author is a webhook"),
    guild: z.object({ id: z.string(), name: z.string() }).nullable().describe(
      "Null: in a conversation",
    ),
    channel: z.object({
      room_id: z.string(),
      id: z.string(),
      name: z.string(),
      private: z.boolean(),
    }),
    thread_id: z.string().nullable().describe("The root of the thread that it stands in"),
    text: z.string().describe("One line; empty where only devices can read it, and of files"),
    sealed: z.boolean(),
    read: z.boolean().describe("The caller has read it meanwhile"),
    language: z.string().nullable(),
  }),
  errors: ["not_found"],
});
