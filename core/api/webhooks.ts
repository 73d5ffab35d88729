import { z } from "zod";
import { GuildParams } from "./guilds.ts";
import { Message } from "./message.ts";
import { defineOperation } from "./operation.ts";
import { MESSAGE_BODY_CHARS } from "./messages.ts";
import { User } from "./user.ts";

/** Bounds of incoming webhooks. */
export const WEBHOOKS = {
  /** Of one guild on one server. */
  perGuild: 100,
  nameChars: 64,
  /** Bodies of the own and of Slack's shape. */
  bodyBytes: 64 * 1024,
  /** GitHub sends whole commits along. */
  githubBodyBytes: 1 << 20,
  signatureSecretChars: 200,
} as const;

/** An incoming webhook as those who manage it see it. */
export const Webhook = z.object({
  id: z.string(),
  user_id: z.string().describe("The member that it writes as"),
  guild_id: z.string(),
  channel_id: z.string().describe("The one channel that it writes in"),
  name: z.string(),
  avatar: z.string().nullable().describe("mxc:// of its picture"),
  created_by: z.string(),
  created_ts: z.number().int(),
  last_used_ts: z.number().int().nullable(),
  signed: z.boolean().describe("Deliveries of GitHub must be signed with its signature secret"),
  state: z.enum(["live", "channel_gone", "removed"]).describe(
    "`removed`: sent away, or nobody of this server is in the guild any more",
  ),
});
export type Webhook = z.infer<typeof Webhook>;

const Name = z.string().min(1).max(256).describe("One line, at most 64 characters");
const Params = GuildParams.extend({ webhook_id: z.string().max(64) });
const tag = "webhooks";
const managed = { tag, auth: "user", scope: "manage:guilds" } as const;

export const listWebhooks = defineOperation({
  ...managed,
  id: "listWebhooks",
  method: "GET",
  path: "/client/v1/guilds/:guild_id/webhooks",
  summary:
    "Incoming webhooks of a guild, the oldest first: those of channels that the caller sees (MANAGE_WEBHOOKS)",
  params: GuildParams,
  result: z.object({
    webhooks: z.array(Webhook),
    elsewhere: z.array(z.object({ user: User, server: z.string(), channel_id: z.string() }))
      .describe("Those of the guild's other servers: managed there, or sent away like a member"),
  }),
  errors: ["forbidden", "not_found"],
});

export const createWebhook = defineOperation({
  ...managed,
  id: "createWebhook",
  method: "POST",
  path: "/client/v1/guilds/:guild_id/webhooks",
  summary: "Make an incoming webhook for one channel (MANAGE_WEBHOOKS)",
  params: GuildParams,
  body: z.object({
    channel_id: z.string(),
    name: Name,
    avatar: z.string().nullable().optional().describe("mxc:// of a picture uploaded as `avatar`"),
  }),
  result: z.object({
    webhook: Webhook,
    url: z.string().describe("Holds the secret: shown now and never again"),
  }),
  errors: ["invalid", "forbidden", "not_found", "encrypted_room", "limit_reached", "rate_limited"],
});

export const updateWebhook = defineOperation({
  ...managed,
  id: "updateWebhook",
  method: "PATCH",
  path: "/client/v1/guilds/:guild_id/webhooks/:webhook_id",
  summary: "Name, picture, channel or signature secret of a webhook (MANAGE_WEBHOOKS)",
  params: Params,
  body: z.object({
    name: Name.optional(),
    avatar: z.string().nullable().optional(),
    channel_id: z.string().optional().describe("Moves it: it leaves and is let in again"),
    signature_secret: z.string().min(8).max(WEBHOOKS.signatureSecretChars).regex(
      /^[^\p{Cc}]*$/u,
      "must be one line, without controls",
    ).nullable().optional().describe("As typed at GitHub; null: deliveries need no signature"),
  }),
  result: Webhook,
  errors: ["invalid", "forbidden", "not_found", "conflict"],
});

export const renewWebhook = defineOperation({
  ...managed,
  id: "renewWebhook",
  method: "POST",
  path: "/client/v1/guilds/:guild_id/webhooks/:webhook_id/renew",
  summary: "A new URL for a webhook; the former one ends at once (MANAGE_WEBHOOKS)",
  params: Params,
  result: z.object({ url: z.string() }),
  errors: ["forbidden", "not_found"],
});

export const deleteWebhook = defineOperation({
  ...managed,
  id: "deleteWebhook",
  method: "DELETE",
  path: "/client/v1/guilds/:guild_id/webhooks/:webhook_id",
  summary: "End a webhook; what it wrote stays (MANAGE_WEBHOOKS)",
  params: Params,
  result: z.object({}),
  errors: ["forbidden", "not_found"],
});

const Door = z.object({ webhook_id: z.string().max(64), secret: z.string().max(100) });
const MessageDoor = Door.extend({ event_id: z.string() });
/** The secret in the path is all that is asked for: no account, and no token. */
const open = { tag, auth: "none", scope: null } as const;
const Posted = z.object({
  message_id: z.string(),
  channel_id: z.string(),
  message: Message.optional().describe("With `wait`"),
});

export const postWebhook = defineOperation({
  ...open,
  id: "postWebhook",
  method: "POST",
  path: "/client/v1/webhooks/:webhook_id/:secret",
  summary: "Write as a webhook; answers once the message is stored",
  params: Door,
  body: z.object({
    content: z.string().min(1).max(MESSAGE_BODY_CHARS).describe("Markdown"),
    display_name: z.string().min(1).max(256).optional().describe("In place of its own name"),
    avatar: z.string().max(300).optional().describe(
      "In place of its own picture: mxc:// of a picture uploaded by who made the webhook",
    ),
    nonce: z.string().min(1).max(64).optional().describe("The same again is the same message"),
    wait: z.boolean().default(false).describe("Answer with the whole message"),
    allowed_mentions: z.object({
      users: z.array(z.string()).max(100).optional(),
      roles: z.array(z.string()).max(100).optional(),
    }).optional().describe("Whom its text may ping, by id; left out: nobody. Never everyone"),
  }),
  result: Posted,
  errors: ["invalid", "not_found", "gone", "rate_limited", "too_large", "unavailable"],
});

export const postSlackWebhook = defineOperation({
  ...open,
  id: "postSlackWebhook",
  method: "POST",
  path: "/client/v1/webhooks/:webhook_id/:secret/slack",
  summary:
    "The same in the shape of Slack's incoming webhooks, as JSON or in a form's `payload`; " +
    "answers `ok` as text, the message's id in X-Message-Id",
  binaryBody: true,
  binaryResult: true,
  params: Door,
  result: z.object({}),
  errors: ["bad_json", "invalid", "not_found", "gone", "rate_limited", "too_large", "unavailable"],
});

export const postGithubWebhook = defineOperation({
  ...open,
  id: "postGithubWebhook",
  method: "POST",
  path: "/client/v1/webhooks/:webhook_id/:secret/github",
  summary: "Takes GitHub's deliveries; those that say nothing to people are answered 204",
  binaryBody: true,
  binaryResult: true,
  params: Door,
  result: z.object({ message_id: z.string(), channel_id: z.string() }),
  errors: [
    "bad_json",
    "invalid",
    "forbidden",
    "not_found",
    "gone",
    "rate_limited",
    "too_large",
    "unavailable",
  ],
});

export const editWebhookMessage = defineOperation({
  ...open,
  id: "editWebhookMessage",
  method: "PATCH",
  path: "/client/v1/webhooks/:webhook_id/:secret/messages/:event_id",
  summary: "Edit a message of the webhook's own",
  params: MessageDoor,
  body: z.object({ content: z.string().min(1).max(MESSAGE_BODY_CHARS) }),
  result: Posted,
  errors: ["invalid", "not_found", "gone", "rate_limited", "limit_reached", "too_large"],
});

export const deleteWebhookMessage = defineOperation({
  ...open,
  id: "deleteWebhookMessage",
  method: "DELETE",
  path: "/client/v1/webhooks/:webhook_id/:secret/messages/:event_id",
  summary: "Delete a message of the webhook's own",
  params: MessageDoor,
  result: z.object({}),
  errors: ["not_found", "gone", "rate_limited"],
});
