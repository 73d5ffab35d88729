import type { Message } from "../../../core/api/message.ts";
import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openChannel, requireRight } from "../chat/place.ts";
import { findPinned, findTimelineEvents, listPinned } from "./message_rows.ts";
import { sendEffect } from "./send_effect.ts";
import { personalize, projectMessages } from "./project_messages.ts";
import { readableRows } from "./readable_rows.ts";
import { openMessage, viewMessage } from "./view_message.ts";

/** Messages pinned in one channel at once. */
const PINS_MAX = 100;

/** @throws OperationError `forbidden`, `not_found`, `limit_reached` */
export async function pinMessage(
  deps: ChatDeps,
  userId: UserId,
  input: { readonly roomId: string; readonly eventId: string; readonly on: boolean },
): Promise<Message> {
  const { place, row } = await openMessage(deps, userId, input);
  const { room, channelId } = place;
  requireRight(place.rights, "PIN", "pin messages");
  const pinned = await findPinned(deps.sql, room.id, [row.eventId]);
  if (pinned.has(row.eventId) !== input.on) {
    const channel = { roomId: room.id, channelId };
    if (input.on && (await listPinned(deps.sql, channel, PINS_MAX)).length >= PINS_MAX) {
      throw new OperationError(
        "limit_reached",
        `${PINS_MAX} messages are pinned here already; take one off first.`,
      );
    }
    const type = "m.pin";
    const content = { event_id: row.eventId, on: input.on };
    await sendEffect(place, { sender: userId, type, content });
  }
  return await viewMessage(deps, userId, { place, id: row.eventId });
}

/** The newest pin first. */
export async function listPins(
  deps: ChatDeps,
  userId: UserId,
  input: { readonly roomId: string; readonly channelId: string },
): Promise<readonly Message[]> {
  const place = await openChannel(deps, userId, input);
  requireRight(place.rights, "READ_HISTORY", "see pinned messages");
  const channel = { roomId: place.room.id, channelId: place.channelId };
  const ids = await listPinned(deps.sql, channel, PINS_MAX);
  const rows = await findTimelineEvents(deps.sql, place.room.id, ids);
  const rank = new Map(ids.map((id, at) => [id, at]));
  const readable = await readableRows(place.room, userId, rows);
  const shown = readable.filter((row) => row.redactedBy === undefined)
    .sort((a, b) => (rank.get(a.eventId) ?? 0) - (rank.get(b.eventId) ?? 0));
  const projected = await projectMessages(deps, place.room, { rows: shown, viewer: userId });
  const roles = place.room.authority.rolesOf(userId);
  return projected.map((each) => personalize(each, { userId, roles }));
}
