import {
  createWebhook as createOperation,
  deleteWebhook as deleteOperation,
  deleteWebhookMessage as deleteMessageOperation,
  editWebhookMessage as editMessageOperation,
  listWebhooks as listOperation,
  postGithubWebhook as githubOperation,
  postSlackWebhook as slackOperation,
  postWebhook as postOperation,
  renewWebhook as renewOperation,
  updateWebhook as updateOperation,
  WEBHOOKS,
} from "../../../../core/api/webhooks.ts";
import type { Message } from "../../../../core/api/message.ts";
import { postGithub, postSlack } from "../../../services/webhooks/foreign_posts.ts";
import {
  createWebhook,
  deleteWebhook,
  listWebhooks,
  renewWebhook,
  updateWebhook,
} from "../../../services/webhooks/manage_webhooks.ts";
import { openWebhook } from "../../../services/webhooks/open_webhook.ts";
import {
  deleteAsWebhook,
  editAsWebhook,
  postAsWebhook,
} from "../../../services/webhooks/post_message.ts";
import type { WebhookDeps } from "../../../services/webhooks/webhook_deps.ts";
import { readBytes, requireDeclaredSize } from "../../body.ts";
import { type Route, route } from "../../route.ts";

/** Incoming webhooks: their management, and the doors that their URLs open. */
export function webhookRoutes(deps: WebhookDeps): readonly Route[] {
  return [...managementRoutes(deps), ...postRoutes(deps), ...foreignRoutes(deps)];
}

function managementRoutes(deps: WebhookDeps): readonly Route[] {
  const target = (params: { readonly guild_id: string; readonly webhook_id: string }) => ({
    guildId: params.guild_id,
    id: params.webhook_id,
  });
  return [
    route(
      listOperation,
      ({ caller, params }) => listWebhooks(deps, caller.userId, params.guild_id),
    ),
    route(
      createOperation,
      ({ caller, params, body }) =>
        createWebhook(deps, caller.userId, { guildId: params.guild_id, ...body }),
    ),
    route(
      updateOperation,
      ({ caller, params, body }) =>
        updateWebhook(deps, caller.userId, { ...target(params), ...body }),
    ),
    route(
      renewOperation,
      ({ caller, params }) => renewWebhook(deps, caller.userId, target(params)),
    ),
    route(deleteOperation, async ({ caller, params }) => {
      await deleteWebhook(deps, caller.userId, target(params));
      return {};
    }),
  ];
}

function postRoutes(deps: WebhookDeps): readonly Route[] {
  const { bodyBytes } = WEBHOOKS;
  return [
    route(postOperation, async ({ params, body: { wait, ...post } }) => {
      const hook = await openWebhook(deps, params);
      const message = await postAsWebhook(deps, hook, post);
      return { ...posted(message), ...(wait ? { message } : {}) };
    }, { bodyBytes }),
    route(editMessageOperation, async ({ params, body }) => {
      const hook = await openWebhook(deps, params);
      const edit = { eventId: params.event_id, content: body.content };
      return posted(await editAsWebhook(deps, hook, edit));
    }, { bodyBytes }),
    route(deleteMessageOperation, async ({ params }) => {
      await deleteAsWebhook(deps, await openWebhook(deps, params), params.event_id);
      return {};
    }),
  ];
}

function foreignRoutes(deps: WebhookDeps): readonly Route[] {
  return [
    route(slackOperation, async ({ params, request }) => {
      const hook = await openWebhook(deps, params);
      const message = await postSlack(deps, hook, await readPost(request, WEBHOOKS.bodyBytes));
      // What Slack answers, and what programs made for it look for.
      return new Response("ok", {
        headers: { "content-type": "text/plain; charset=utf-8", "x-message-id": message.id },
      });
    }),
    route(githubOperation, async ({ params, request }) => {
      const hook = await openWebhook(deps, params);
      const { headers } = request;
      const message = await postGithub(deps, hook, {
        ...await readPost(request, WEBHOOKS.githubBodyBytes),
        event: headers.get("x-github-event"),
        signature: headers.get("x-hub-signature-256"),
        delivery: headers.get("x-github-delivery"),
      });
      return message === undefined ? new Response(null, { status: 204 }) : posted(message);
    }),
  ];
}

async function readPost(request: Request, limitBytes: number) {
  requireDeclaredSize(request.headers, limitBytes);
  return {
    type: request.headers.get("content-type"),
    bytes: await readBytes(request.body, limitBytes),
  };
}

function posted(message: Message): { message_id: string; channel_id: string } {
  return { message_id: message.id, channel_id: message.channel_id };
}
