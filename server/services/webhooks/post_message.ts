import type { Message } from "../../../core/api/message.ts";
import { OperationError } from "../../../core/errors.ts";
import type { JsonObject } from "../../../core/event/json.ts";
import { parseEventId } from "../../../core/ids/event_id.ts";
import type { StoredEvent } from "../../postgres/event_rows.ts";
import type { AttachedFile } from "../messages/attachments.ts";
import { messageNotFound } from "../chat/place.ts";
import { storeEdit } from "../messages/edit_message.ts";
import { findTimelineEvents } from "../messages/message_rows.ts";
import { redactTargets } from "../messages/redact_messages.ts";
import { storeMessage } from "../messages/send_message.ts";
import { viewFormer } from "../messages/view_message.ts";
import { type OpenWebhook } from "./open_webhook.ts";
import { cleanName } from "./webhook_profile.ts";
import type { WebhookDeps } from "./webhook_deps.ts";

/** What a webhook is given to say. */
export interface WebhookPost {
  /** Markdown. */
  readonly content: string;
  readonly display_name?: string | undefined;
  /** mxc:// of an upload of who made the webhook. */
  readonly avatar?: string | undefined;
  readonly nonce?: string | undefined;
  /** Nobody is pinged who is not named here. */
  readonly allowed_mentions?:
    | {
      readonly users?: readonly string[] | undefined;
      readonly roles?: readonly string[] | undefined;
    }
    | undefined;
}

/**
 * Writes as a webhook. Its name and picture travel with the message, so that every server shows the
 * same. @throws OperationError `invalid`, `unavailable`
 */
export async function postAsWebhook(
  deps: WebhookDeps,
  { row, place }: OpenWebhook,
  post: WebhookPost,
): Promise<Message> {
  const { user_id: hook } = row;
  if (post.content.trim() === "") {
    throw new OperationError("invalid", "The message is empty: `content` needs a text.", {
      details: { field: "content" },
    });
  }
  if (post.nonce !== undefined) {
    const former = await deps.nonces.find(hook, post.nonce);
    if (former !== undefined) return await viewFormer(deps, hook, { place, former });
  }
  const display = await displayOf(deps, row, post);
  const message = await storeMessage(deps, hook, {
    place,
    input: {
      body: post.content,
      nonce: post.nonce,
      allowed_mentions: {
        users: post.allowed_mentions?.users ?? [],
        roles: post.allowed_mentions?.roles ?? [],
        everyone: false,
      },
    },
    display,
    threadId: undefined,
    repliedTo: undefined,
    files: [],
  });
  await deps.sql`
    update webhooks set last_used_ts = ${deps.clock.now()} where webhook_id = ${row.webhook_id}`;
  return message;
}

async function displayOf(
  deps: WebhookDeps,
  row: OpenWebhook["row"],
  { display_name: typed, avatar: uri }: WebhookPost,
): Promise<{ content: JsonObject; picture: readonly AttachedFile[] }> {
  const name = typed === undefined ? row.name : cleanName(typed);
  if (uri === undefined) {
    return {
      content: { ...(row.avatar === null ? {} : { avatar: row.avatar }), name },
      picture: [],
    };
  }
  const picture = await deps.media.attach(row.created_by, [{ uri }]);
  const { type, blake3 = null, size = null } = picture[0]?.content ?? {};
  if (typeof type !== "string" || !type.startsWith("image/")) {
    throw new OperationError("invalid", `The file ${uri} is no picture.`, {
      details: { field: "avatar" },
    });
  }
  return { content: { avatar: uri, avatar_blake3: blake3, avatar_size: size, name }, picture };
}

/** @throws OperationError `invalid`, `not_found` for what is not its own, `limit_reached` */
export async function editAsWebhook(
  deps: WebhookDeps,
  hook: OpenWebhook,
  { eventId, content }: { readonly eventId: string; readonly content: string },
): Promise<Message> {
  const row = await requireOwn(deps, hook, eventId);
  if (content.trim() === "") {
    throw new OperationError("invalid", "An edit cannot be empty; delete the message instead.", {
      details: { field: "content" },
    });
  }
  return await storeEdit(deps, hook.row.user_id, { place: hook.place, row, body: content });
}

/** @throws OperationError `not_found` for what is not its own */
export async function deleteAsWebhook(
  deps: WebhookDeps,
  hook: OpenWebhook,
  eventId: string,
): Promise<void> {
  const row = await requireOwn(deps, hook, eventId);
  await redactTargets(deps, hook.row.user_id, { place: hook.place, targets: [row] });
}

/** A message that stands in the webhook's channel and is its own. */
async function requireOwn(
  deps: Pick<WebhookDeps, "sql">,
  { row: { user_id: hook }, place }: OpenWebhook,
  raw: string,
): Promise<StoredEvent> {
  const id = parseEventId(raw);
  const [row] = id === undefined ? [] : await findTimelineEvents(deps.sql, place.room.id, [id]);
  const own = row?.sender === hook && row.channelId === place.channelId &&
    row.type === "m.room.message" && row.redactedBy === undefined;
  if (row === undefined || !own) throw messageNotFound();
  return row;
}
