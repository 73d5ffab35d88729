import { OperationError } from "../../../core/errors.ts";
import type { Message } from "../../../core/api/message.ts";
import { isSaid } from "../../../core/event/said.ts";
import type { EventId } from "../../../core/ids/event_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { StoredEvent } from "../../postgres/event_rows.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { messageNotFound, openChannel, type Place, requireEventId } from "../chat/place.ts";
import { findTimelineEvents } from "./message_rows.ts";
import type { NonceHit } from "./nonce_book.ts";
import { mayReadRow } from "./readable_rows.ts";
import { personalize, projectMessages } from "./project_messages.ts";

type ViewDeps = Pick<ChatDeps, "sql" | "rooms" | "users" | "clock" | "serverName">;

/** A message as the user sees it. Throws `not_found`. */
export async function viewMessage(
  deps: ViewDeps,
  userId: UserId,
  target: { readonly place: Place; readonly id: EventId },
): Promise<Message> {
  const { room, channelId } = target.place;
  const [row] = await findTimelineEvents(deps.sql, room.id, [target.id]);
  if (row === undefined || row.channelId !== channelId) throw messageNotFound();
  return await viewRow(deps, userId, { place: target.place, row });
}

/**
 * The message that a nonce has become before. @throws OperationError `invalid` where it stands in
 * another channel, so that what is said here is not taken for said; `not_found` where it is gone.
 */
export async function viewFormer(
  deps: ViewDeps,
  userId: UserId,
  { place, former }: { readonly place: Place; readonly former: NonceHit },
): Promise<Message> {
  const [row] = await findTimelineEvents(deps.sql, former.roomId, [former.eventId]);
  if (former.roomId === place.room.id && row?.channelId === place.channelId) {
    return await viewRow(deps, userId, { place, row });
  }
  throw new OperationError(
    "invalid",
    `The nonce ${
      JSON.stringify(former.nonce)
    } is that of a message in another channel: give each ` +
      "message one of its own.",
    { details: { field: "nonce" } },
  );
}

export async function viewRow(
  deps: ViewDeps,
  userId: UserId,
  { place, row }: { readonly place: Place; readonly row: StoredEvent },
): Promise<Message> {
  const [projected] = await projectMessages(deps, place.room, { rows: [row], viewer: userId });
  if (projected === undefined) throw messageNotFound();
  return personalize(projected, { userId, roles: place.room.authority.rolesOf(userId) });
}

/** A message and its channel by the message's id alone. Throws `not_found`, for hidden ones too. */
export async function openMessage(
  deps: ViewDeps,
  userId: UserId,
  raw: { readonly roomId: string; readonly eventId: string },
): Promise<{ readonly place: Place; readonly row: StoredEvent }> {
  const room = await deps.rooms.openFor(userId, raw.roomId);
  const [row] = await findTimelineEvents(deps.sql, room.id, [requireEventId(raw.eventId)]);
  if (
    row?.channelId === undefined || !isSaid(row.type) || row.redactedBy !== undefined
  ) throw messageNotFound();
  const place = await openChannel(deps, userId, { roomId: room.id, channelId: row.channelId })
    // Who guesses an id must not learn that it stands in a channel hidden from him.
    .catch((error) => {
      throw error instanceof OperationError && error.code === "not_found"
        ? messageNotFound()
        : error;
    });
  if (!await mayReadRow(room, userId, row)) throw messageNotFound();
  return { place, row };
}
