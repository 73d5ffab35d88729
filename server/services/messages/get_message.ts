import type { Message } from "../../../core/api/message.ts";
import type { Sealed } from "../../../core/api/sealed.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { requireRight } from "../chat/place.ts";
import { sealedOf } from "../e2ee/sealed_content.ts";
import { type EditRow, findEdits } from "./message_rows.ts";
import { contentOfPdu, wordsOf } from "./project_messages.ts";
import { openMessage, viewRow } from "./view_message.ts";

/** What a message said for a while. */
export interface Wording {
  readonly body: string;
  readonly ts: number;
  readonly event_id: string;
  readonly sealed?: Sealed;
}

export interface MessageWithHistory extends Message {
  readonly history: Wording[];
}

function wordingOf(
  type: string,
  event: Pick<EditRow, "event_id" | "origin_ts" | "pdu">,
): Wording {
  const content = contentOfPdu(event.pdu);
  const sealed = sealedOf({ type, content });
  return {
    body: wordsOf(type, content),
    ts: event.origin_ts,
    event_id: event.event_id,
    ...(sealed === undefined ? {} : { sealed }),
  };
}

/** A message with all its wordings, oldest first. @throws OperationError `forbidden`, `not_found` */
export async function getMessage(
  deps: Pick<ChatDeps, "sql" | "rooms" | "users" | "clock" | "serverName">,
  userId: UserId,
  input: { readonly roomId: string; readonly eventId: string },
): Promise<MessageWithHistory> {
  const { place, row } = await openMessage(deps, userId, input);
  requireRight(place.rights, "READ_HISTORY", "read older messages");
  const [message, edits] = await Promise.all([
    viewRow(deps, userId, { place, row }),
    findEdits(deps.sql, place.room.id, [row.eventId]),
  ]);
  return {
    ...message,
    history: [
      wordingOf(row.type, { event_id: row.eventId, origin_ts: row.originTs, pdu: row.pdu }),
      ...edits.map((edit) => wordingOf(row.type, edit)),
    ],
  };
}
