import type { Message } from "../../../core/api/message.ts";
import { previewsOffKind } from "../../../core/event/kinds/previews_off.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { holds } from "../../../core/permissions/bits.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { requireRight } from "../chat/place.ts";
import { sendEffect } from "../messages/send_effect.ts";
import { threadOfRow } from "../messages/thread_of.ts";
import { openMessage, viewMessage } from "../messages/view_message.ts";
import { findPreviewsOff } from "./preview_rows.ts";

/**
 * Takes the previews of its links off a message: its author may, and who has MANAGE_MESSAGES.
 * Again changes nothing. PROTOCOL.md 7. @throws OperationError `forbidden`, `not_found`
 */
export async function removePreviews(
  deps: ChatDeps,
  userId: UserId,
  input: { readonly roomId: string; readonly eventId: string },
): Promise<Message> {
  const { place, row } = await openMessage(deps, userId, input);
  const { room, rights } = place;
  const manages = holds(rights, "MANAGE_MESSAGES");
  if (row.sender !== userId) {
    requireRight(rights, "MANAGE_MESSAGES", "remove previews of others' messages");
  } else if (!manages) {
    const inThread = threadOfRow(room.authority, row) !== undefined;
    requireRight(rights, inThread ? "SEND_IN_THREADS" : "SEND", "remove previews");
  }
  const off = await findPreviewsOff(deps.sql, room.id, [row.eventId]);
  if (!off.has(row.eventId)) {
    const { type } = previewsOffKind;
    const content = { relates_to: { event_id: row.eventId, kind: "previews_off" } };
    await sendEffect(place, { sender: userId, type, content, managesMessages: manages });
  }
  return await viewMessage(deps, userId, { place, id: row.eventId });
}
