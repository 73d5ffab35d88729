import type { Message } from "../../../core/api/message.ts";
import { OperationError } from "../../../core/errors.ts";
import { pollKind } from "../../../core/event/kinds/poll.ts";
import type { Sealed } from "../../../core/api/sealed.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import type { StoredEvent } from "../../postgres/event_rows.ts";
import { type Place, requireRight } from "../chat/place.ts";
import { admitSealed } from "../e2ee/admit_sealed.ts";
import { contentOfSealed } from "../e2ee/sealed_content.ts";
import { effectiveMentions, mentionTargets } from "./mentions.ts";
import { isForwarded } from "./forwarded.ts";
import { contentOfRow } from "./project_messages.ts";
import { sendEffect } from "./send_effect.ts";
import { requireOneText } from "./send_message.ts";
import { threadOfRow } from "./thread_of.ts";
import { openMessage, viewMessage } from "./view_message.ts";

/** Edits of one message that are kept. */
const EDITS_MAX = 200;

/** @throws OperationError `invalid`, `forbidden`, `not_found`, `limit_reached` */
export async function editMessage(
  deps: ChatDeps,
  userId: UserId,
  input: {
    readonly roomId: string;
    readonly eventId: string;
    readonly body: string;
    /** In place of `body`, in encrypted rooms. */
    readonly sealed?: Sealed | undefined;
  },
): Promise<Message> {
  const { place, row } = await openMessage(deps, userId, input);
  const { room, rights } = place;
  if (row.sender !== userId) {
    throw new OperationError("forbidden", "Only its author can edit a message.");
  }
  if (row.type === pollKind.type) {
    throw new OperationError(
      "invalid",
      "A poll cannot be edited once people may have voted in it: delete it and ask anew.",
    );
  }
  if (isForwarded(contentOfRow(row))) {
    throw new OperationError(
      "invalid",
      "A forwarded message cannot be edited: it says what another one said. Delete it instead.",
    );
  }
  const inThread = threadOfRow(room.authority, row) !== undefined;
  requireRight(rights, inThread ? "SEND_IN_THREADS" : "SEND", "edit messages");
  const { sealed } = input;
  await admitSealed(deps, { room, sender: userId, sealed });
  requireOneText(input);
  if (sealed === undefined && input.body.trim() === "") {
    throw new OperationError("invalid", "An edit cannot be empty; delete the message instead.", {
      details: { field: "body" },
    });
  }
  return await storeEdit(deps, userId, { place, row, body: input.body, sealed });
}

/** Stores an edit that its author may make. @throws OperationError `limit_reached` */
export async function storeEdit(
  deps: ChatDeps,
  userId: UserId,
  edit: {
    readonly place: Place;
    readonly row: StoredEvent;
    readonly body: string;
    readonly sealed?: Sealed | undefined;
  },
): Promise<Message> {
  const { place, row, body, sealed } = edit;
  const { room, channelId, rights } = place;
  const [edits] = await deps.sql<{ count: number }[]>`
    select count(*)::int as count from message_relations
    where room_id = ${room.id} and target_id = ${row.eventId} and kind = 'edit'`;
  if ((edits?.count ?? 0) >= EDITS_MAX) {
    throw new OperationError(
      "limit_reached",
      `A message can be edited ${EDITS_MAX} times; send a new one.`,
    );
  }
  // An edit pings nobody anew; what it names is kept for display.
  const mentions = effectiveMentions(room.authority, {
    body,
    sender: userId,
    channelId,
    rights,
    allowed: undefined,
    repliedTo: undefined,
  });
  const type = "m.room.message";
  const content = {
    msgtype: sealed === undefined ? "text" : "sealed",
    body,
    ...(sealed === undefined ? {} : { sealed: contentOfSealed(sealed) }),
    ...(mentionTargets(mentions).length === 0 ? {} : { mentions: { ...mentions } }),
    relates_to: { kind: "edit", event_id: row.eventId },
  };
  await sendEffect(place, { sender: userId, type, content });
  return await viewMessage(deps, userId, { place, id: row.eventId });
}
