import { createHmac, timingSafeEqual } from "node:crypto";
import { Buffer } from "node:buffer";
import { z } from "zod";
import type { Message } from "../../../core/api/message.ts";
import { MESSAGE_BODY_CHARS } from "../../../core/api/messages.ts";
import { OperationError } from "../../../core/errors.ts";
import { parseJson } from "../../http/body.ts";
import { githubText } from "./github_text.ts";
import type { OpenWebhook } from "./open_webhook.ts";
import { postAsWebhook } from "./post_message.ts";
import { SlackMessage, slackText } from "./slack_text.ts";
import type { WebhookDeps } from "./webhook_deps.ts";

/** A request of another service's shape. */
export interface ForeignPost {
  readonly type: string | null;
  readonly bytes: Uint8Array;
}

/** @throws OperationError `bad_json`, `invalid` */
export async function postSlack(
  deps: WebhookDeps,
  hook: OpenWebhook,
  post: ForeignPost,
): Promise<Message> {
  const parsed = SlackMessage.safeParse(bodyOf(post));
  if (!parsed.success) throw strange("Slack's webhooks", parsed.error);
  const content = slackText(parsed.data, MESSAGE_BODY_CHARS);
  if (content === "") {
    throw new OperationError("invalid", "The message is empty: give a `text` or attachments.", {
      details: { field: "text" },
    });
  }
  const name = parsed.data.username?.trim();
  return await postAsWebhook(deps, hook, {
    content,
    ...(name === undefined || name === "" ? {} : { display_name: name }),
  });
}

/**
 * The message that a delivery of GitHub became; undefined where it says nothing to people.
 * @throws OperationError `bad_json`, `invalid`, `forbidden` for a wrong signature
 */
export async function postGithub(
  deps: WebhookDeps,
  hook: OpenWebhook,
  post: ForeignPost & {
    /** X-GitHub-Event. */
    readonly event: string | null;
    /** X-Hub-Signature-256. */
    readonly signature: string | null;
    /** X-GitHub-Delivery: the same delivery again is the same message. */
    readonly delivery: string | null;
  },
): Promise<Message | undefined> {
  requireSignature(hook.row.signature_secret, post);
  if (post.event === null) {
    throw new OperationError(
      "invalid",
      "This is for GitHub: the header X-GitHub-Event is missing.",
    );
  }
  const body = bodyOf(post);
  let content: string | undefined;
  try {
    content = githubText(post.event, body, MESSAGE_BODY_CHARS);
  } catch (error) {
    if (error instanceof z.ZodError) {
      throw strange(`GitHub for "${post.event.slice(0, 60)}"`, error);
    }
    throw error;
  }
  if (content === undefined) return undefined;
  const nonce = post.delivery !== null && /^[0-9A-Za-z-]{1,64}$/.test(post.delivery)
    ? { nonce: post.delivery }
    : {};
  return await postAsWebhook(deps, hook, { content, ...nonce });
}

function requireSignature(
  secret: string | null,
  { bytes, signature }: { readonly bytes: Uint8Array; readonly signature: string | null },
): void {
  if (secret === null) return;
  const wanted = createHmac("sha256", secret).update(bytes).digest();
  const given = /^sha256=([0-9a-f]{64})$/i.exec(signature ?? "")?.[1];
  if (given !== undefined && timingSafeEqual(Buffer.from(given, "hex"), wanted)) return;
  throw new OperationError(
    "forbidden",
    signature === null
      ? "The delivery is not signed (X-Hub-Signature-256): enter the webhook's secret at GitHub."
      : "The delivery's signature is wrong: the secret at GitHub is another one than here.",
  );
}

/** JSON, as it is or as a form's `payload`. */
function bodyOf({ type, bytes }: ForeignPost): unknown {
  if (type === null || !/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type)) {
    return parseJson(bytes);
  }
  const payload = new URLSearchParams(new TextDecoder().decode(bytes)).get("payload");
  if (payload === null) {
    throw new OperationError(
      "invalid",
      "The form has no field `payload` with the message as JSON.",
      {
        details: { field: "payload" },
      },
    );
  }
  return parseJson(new TextEncoder().encode(payload));
}

function strange(shape: string, error: z.ZodError): OperationError {
  const issues = error.issues.slice(0, 5).map(({ path, message }) => ({
    field: path.join("."),
    message,
  }));
  return new OperationError(
    "invalid",
    `The message has not the shape of ${shape}: ${issues[0]?.field ?? ""} ${
      issues[0]?.message ?? ""
    }.`,
    { details: { issues } },
  );
}
