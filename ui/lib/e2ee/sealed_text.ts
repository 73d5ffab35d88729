import type { Message } from "../../../core/api/message.ts";
import type { SealedMessage } from "../../../core/e2ee/engine/types.ts";
import type { Relation } from "../../../core/event/kinds/relation.ts";
import type { EventId } from "../../../core/ids/event_id.ts";

/** The event whose sealed text a message shows: its newest edit, or itself. */
export const textEventOf = (message: Message): string => message.sealed_event_id ?? message.id;

/** `relates_to` as the event of a server's message has it. */
export function relationTo(kind: Relation["kind"], eventId: string): Relation {
  return { kind, event_id: eventId as EventId };
}

/** A message's sealed text as the engine knows it; undefined where it has none. */
export function sealedText(message: Message): SealedMessage | undefined {
  const textEvent = textEventOf(message);
  const relation = textEvent !== message.id
    ? relationTo("edit", message.id)
    : message.reply_to
    ? relationTo("reply", message.reply_to.id)
    : undefined;
  return message.sealed && {
    roomId: message.room_id,
    channelId: message.channel_id,
    eventId: textEvent,
    sender: message.author.id,
    sealed: message.sealed,
    relation,
  };
}
