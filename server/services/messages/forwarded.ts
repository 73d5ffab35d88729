import type { Message } from "../../../core/api/message.ts";
import type { JsonObject } from "../../../core/event/json.ts";
import { readContent } from "../../../core/event/kinds/kind.ts";
import { messageKind } from "../../../core/event/kinds/message.ts";
import { isSaid } from "../../../core/event/said.ts";
import { parseEventId } from "../../../core/ids/event_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Place } from "../chat/place.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { findTimelineEvents } from "./message_rows.ts";

/**
 * What a copy of another message says of it. The original is named only where each reader of the
 * copy may see it; an id that names nothing which the sender sees is left out without a word. PROTOCOL.md 10.
 */
export async function contentOfForward(
  deps: Pick<ChatDeps, "sql">,
  sender: UserId,
  { place, rawId }: { readonly place: Place; readonly rawId: string | undefined },
): Promise<JsonObject> {
  const id = rawId === undefined ? undefined : parseEventId(rawId);
  if (id === undefined) return {};
  const [original] = await findTimelineEvents(deps.sql, place.room.id, [id]);
  const there = original?.channelId !== undefined && isSaid(original.type) &&
    original.redactedBy === undefined;
  if (!there || original.channelId === undefined) return {};
  const { authority } = place.room;
  const seers = authority.viewersOf(original.channelId);
  const readers = authority.viewersOf(place.channelId);
  if (!seers.has(sender) || ![...readers].every((reader) => seers.has(reader))) return {};
  return { channel_id: original.channelId, event_id: id };
}

/** Whether the event is a copy of another message. */
export function isForwarded(content: JsonObject | undefined): boolean {
  return forwardPart(content).forwarded !== undefined;
}

export function forwardPart(content: JsonObject | undefined): Pick<Message, "forwarded"> {
  const said = content?.["forwarded"];
  if (content === undefined || said === undefined) return {};
  const forwarded = readContent(messageKind, content)?.forwarded;
  if (forwarded === undefined) return {};
  const { channel_id, event_id } = forwarded;
  return channel_id === undefined || event_id === undefined
    ? { forwarded: {} }
    : { forwarded: { channel_id, event_id } };
}
