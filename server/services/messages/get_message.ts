import type { Message } from "../../../core/api/message.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { textOf } from "../../rooms/content.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { requireRight } from "../chat/place.ts";
import { findEdits } from "./message_rows.ts";
import { contentOfPdu } from "./project_messages.ts";
import { openMessage, viewRow } from "./view_message.ts";

export interface MessageWithHistory extends Message {
  readonly history: { body: string; ts: number }[];
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
      { body: textOf(contentOfPdu(row.pdu), "body") ?? "", ts: row.originTs },
      ...edits.map((edit) => ({
        body: textOf(contentOfPdu(edit.pdu), "body") ?? "",
        ts: edit.origin_ts,
      })),
    ],
  };
}
