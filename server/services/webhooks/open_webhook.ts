import { timingSafeEqual } from "node:crypto";
import { OperationError } from "../../../core/errors.ts";
import { serverOf } from "../../../core/ids/user_id.ts";
import { holds } from "../../../core/permissions/bits.ts";
import type { Room } from "../../rooms/room.ts";
import { hashPresented } from "../accounts/secret.ts";
import type { Place } from "../chat/place.ts";
import { leaveIntent } from "./webhook_member.ts";
import { findWebhook, hasPeople, type WebhookRow } from "./webhook_rows.ts";
import type { WebhookDeps } from "./webhook_deps.ts";

/** Compared with where there is no webhook, so that a wrong id costs what a wrong secret does. */
const NO_HASH = new Uint8Array(32);

/** A webhook whose secret was shown. */
export interface OpenWebhook {
  readonly row: WebhookRow;
  readonly place: Place;
}

/**
 * The webhook of a URL, and the channel it may write in now.
 * @throws OperationError `not_found` for a wrong id or secret alike, `rate_limited`, `gone` where it
 *   can write no more
 */
export async function openWebhook(
  deps: WebhookDeps,
  door: { readonly webhook_id: string; readonly secret: string },
): Promise<OpenWebhook> {
  const row = await requireSecret(deps, door);
  await deps.throttle.take("messages by this webhook", [
    { policy: "webhookPost", who: row.webhook_id },
    { policy: "webhookGuild", who: row.guild_id },
  ]);
  return { row, place: await openPlace(deps, row) };
}

async function requireSecret(
  deps: Pick<WebhookDeps, "sql">,
  door: { readonly webhook_id: string; readonly secret: string },
): Promise<WebhookRow> {
  const presented = hashPresented(door.secret, "webhook");
  const row = await findWebhook(deps.sql, door.webhook_id);
  const same = timingSafeEqual(presented ?? NO_HASH, row?.secret_hash ?? NO_HASH);
  if (row !== undefined && presented !== undefined && same) return row;
  throw new OperationError(
    "not_found",
    "There is no webhook at this address: it was mistyped, renewed or deleted.",
  );
}

async function openPlace(deps: WebhookDeps, row: WebhookRow): Promise<Place> {
  const { user_id: hook, channel_id: channelId } = row;
  const room = await deps.rooms.open(row.guild_id);
  const { authority } = room ?? {};
  if (room === undefined || authority === undefined || !authority.isJoined(hook)) {
    throw dead("it was sent away from its guild, or the guild is gone");
  }
  if (!hasPeople(authority, serverOf(hook))) {
    await leave(room, row);
    throw dead("nobody of this server is in its guild any more");
  }
  const rights = authority.rights(hook, channelId, deps.clock.now());
  if (rights === 0n) throw dead("its channel was deleted");
  if (holds(rights, "SEND")) return { room, channelId, rights };
  throw dead("it may not write at the moment: a moderator has silenced it");
}

/** Its server takes part in the guild through it alone, which is nobody's wish. */
async function leave(room: Room, { user_id: hook }: WebhookRow): Promise<void> {
  await room.changeControl((authority) => ({
    intents: authority.isJoined(hook) ? [leaveIntent(authority, hook, "Its server left")] : [],
  }));
}

function dead(why: string): OperationError {
  return new OperationError("gone", `This webhook can write no more: ${why}.`);
}
