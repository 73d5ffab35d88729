import type { Message } from "../../../core/api/message.ts";
import { OperationError } from "../../../core/errors.ts";
import type { Sealed } from "../../../core/api/sealed.ts";
import type { JsonObject } from "../../../core/event/json.ts";
import { isSaid } from "../../../core/event/said.ts";
import type { EventId } from "../../../core/ids/event_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { holds } from "../../../core/permissions/bits.ts";
import { AppendError } from "../../postgres/append_error.ts";
import type { StoredEvent } from "../../postgres/event_rows.ts";
import type { TaggedRow } from "../../postgres/row_kind.ts";
import type { Along, Placed, SentTimeline } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { admitSealed } from "../e2ee/admit_sealed.ts";
import { contentOfSealed } from "../e2ee/sealed_content.ts";
import { openChannel, type Place, requireEventId, requireRight } from "../chat/place.ts";
import type { AttachedFile, MediaDesk } from "./attachments.ts";
import {
  type AllowedMentions,
  effectiveMentions,
  mentionTargets,
  PINGS_NOBODY,
} from "./mentions.ts";
import { findTimelineEvents } from "./message_rows.ts";
import { contentOfForward } from "./forwarded.ts";
import { effectRows } from "./message_effects.ts";
import { nonceRows } from "./message_row_kinds.ts";
import { personalize, projectNewMessage } from "./project_messages.ts";
import { admitToThread } from "../threads/threads.ts";
import { threadOfRow } from "./thread_of.ts";
import { viewFormer } from "./view_message.ts";

export interface NewMessage {
  readonly roomId: string;
  readonly channelId: string;
  /** Root of the thread to write in, in place of the channel. */
  readonly thread_id?: string | undefined;
  readonly body: string;
  /** In place of `body`, in encrypted rooms. */
  readonly sealed?: Sealed | undefined;
  readonly media: readonly {
    readonly uri: string;
    readonly alt?: string | null | undefined;
    readonly spoiler?: boolean | undefined;
  }[];
  readonly reply_to?: string | null | undefined;
  readonly forwarded?: { readonly event_id?: string | undefined } | undefined;
  readonly allowed_mentions?: AllowedMentions | undefined;
  readonly nonce?: string | undefined;
}

type SendDeps = ChatDeps & { readonly media: MediaDesk };

/**
 * Sends a message; resolves once it is stored. The same nonce again answers with the first
 * message. @throws OperationError `invalid`, `forbidden`, `not_found`, `slow_mode`, `unavailable`
 */
export async function sendMessage(
  deps: SendDeps,
  userId: UserId,
  input: NewMessage,
): Promise<Message> {
  const place = await openChannel(deps, userId, input);
  if (input.nonce !== undefined) {
    const former = await deps.nonces.find(userId, input.nonce);
    if (former !== undefined) return await viewFormer(deps, userId, { place, former });
  }
  await admitSealed(deps, { room: place.room, sender: userId, sealed: input.sealed });
  requireOneText(input);
  if (input.sealed !== undefined && input.forwarded !== undefined) {
    throw new OperationError("invalid", "A sealed message says inside that it is forwarded.", {
      details: { field: "forwarded" },
    });
  }
  if (input.sealed === undefined && input.body.trim() === "" && input.media.length === 0) {
    throw new OperationError("invalid", "The message is empty: write something or attach a file.", {
      details: { field: "body" },
    });
  }
  const threadId = input.thread_id === undefined
    ? undefined
    : (await admitToThread(deps, userId, { place, threadId: input.thread_id })).rootId;
  if (threadId === undefined) requireRight(place.rights, "SEND", "send messages");
  if (input.media.length > 0) requireRight(place.rights, "ATTACH", "attach files");
  const repliedTo = await findReplied(deps, place, { rawId: input.reply_to, threadId });
  const forwarded = input.forwarded &&
    await contentOfForward(deps, userId, { place, rawId: input.forwarded.event_id });
  const files = await deps.media.attach(userId, input.media, {
    sealed: input.sealed !== undefined,
  });
  await deps.slowMode.admit(place.room, {
    channelId: place.channelId,
    sender: userId,
    rights: place.rights,
  });
  return await storeMessage(deps, userId, { place, input, threadId, repliedTo, forwarded, files });
}

/** A sealed message has no text beside. */
export function requireOneText(input: {
  readonly body: string;
  readonly sealed?: Sealed | undefined;
}): void {
  if (input.sealed === undefined || input.body === "") return;
  throw new OperationError("invalid", "A sealed message has no `body`: send one of both.", {
    details: { field: "body" },
  });
}

/** The people a sealed message pings, written as a text would name them. */
function namedIn(allowed: AllowedMentions | undefined): string {
  return (allowed?.users ?? []).map((user) => `<${user}>`).join(" ");
}

/** A message that its sender may send, about to be stored. */
export interface ReadyMessage {
  readonly place: Place;
  readonly input: Pick<
    NewMessage,
    "body" | "sealed" | "allowed_mentions" | "nonce"
  >;
  /** How a webhook shows itself with this message. PROTOCOL.md 10. */
  readonly display?: { readonly content: JsonObject; readonly picture: readonly AttachedFile[] };
  readonly threadId: EventId | undefined;
  /** Of a copy of another message. */
  readonly forwarded?: JsonObject | undefined;
  readonly repliedTo: StoredEvent | undefined;
  readonly files: readonly AttachedFile[];
}

/** Stores a message and answers with it. The same nonce again answers with the first. */
export async function storeMessage(
  deps: Omit<SendDeps, "media">,
  userId: UserId,
  ready: ReadyMessage,
): Promise<Message> {
  const { place, input, threadId, repliedTo, forwarded, files, display } = ready;
  const { room, channelId } = place;
  const mentions = effectiveMentions(room.authority, {
    // Servers cannot read whom a sealed text names: its sender says whom it pings.
    body: input.sealed === undefined ? input.body : namedIn(input.allowed_mentions),
    sender: userId,
    channelId,
    rights: place.rights,
    // Who is named in a copy was named elsewhere.
    allowed: forwarded === undefined ? input.allowed_mentions : PINGS_NOBODY,
    repliedTo: repliedTo?.sender,
  });
  const targets = mentionTargets(mentions);
  // In canonical order, which makes it quick to write.
  const content: JsonObject = {
    body: input.body,
    ...(display === undefined ? {} : { display: display.content }),
    ...(forwarded === undefined ? {} : { forwarded }),
    ...(files.length === 0 ? {} : { media: files.map((file) => file.content) }),
    ...(targets.length === 0
      ? {}
      : { mentions: input.sealed === undefined ? { ...mentions } : { users: mentions.users } }),
    msgtype: input.sealed !== undefined ? "sealed" : files.length > 0 ? "file" : "text",
    ...relationTo(threadId, repliedTo),
    ...(input.sealed === undefined ? {} : { sealed: contentOfSealed(input.sealed) }),
  };
  const along = (placed: Placed): Along => {
    if (input.nonce !== undefined) deps.nonces.hold(placed.eventId, input.nonce);
    return { rows: rowsOf(userId, { ready, content, targets, placed }) };
  };
  try {
    const intent = { type: "m.room.message", sender: userId, channelId, content };
    const sent = await room.sendTimeline(intent, along);
    return await answerSent(deps, userId, { place, sent, nonce: input.nonce });
  } catch (error) {
    // The same nonce was stored by another process meanwhile: its message is the answer.
    const former = error instanceof AppendError && input.nonce !== undefined
      ? await deps.nonces.read(userId, input.nonce)
      : undefined;
    if (former === undefined) throw error;
    return await viewFormer(deps, userId, { place, former });
  }
}

function relationTo(threadId: EventId | undefined, repliedTo: StoredEvent | undefined): JsonObject {
  const answered = repliedTo?.eventId;
  if (threadId !== undefined) {
    const reply = answered === undefined ? {} : { reply_to: answered };
    return { relates_to: { event_id: threadId, kind: "thread", ...reply } };
  }
  return answered === undefined ? {} : { relates_to: { event_id: answered, kind: "reply" } };
}

function rowsOf(
  sender: UserId,
  parts: {
    readonly ready: ReadyMessage;
    readonly content: JsonObject;
    readonly targets: readonly string[];
    readonly placed: Placed;
  },
): TaggedRow[] {
  const { ready: { place, input, files, display }, content, targets, placed } = parts;
  const at = { roomId: place.room.id, channelId: place.channelId, ...placed };
  const rows: TaggedRow[] = [
    ...[...files, ...display?.picture ?? []].flatMap((file) => file.use(at)),
    ...effectRows({ ...at, sender, type: "m.room.message", content, mentions: targets }),
  ];
  if (input.nonce !== undefined) {
    rows.push(nonceRows.of({ ...at, sender, nonce: input.nonce, createdTs: placed.originTs }));
  }
  return rows;
}

/** What was stored just now, for who sent it. */
export async function answerSent(
  deps: ChatDeps,
  userId: UserId,
  { place, sent, nonce }: { place: Place; sent: SentTimeline; nonce: string | undefined },
): Promise<Message> {
  const frame = await projectNewMessage(deps, place.room, storedOf(sent));
  const roles = place.room.authority.rolesOf(userId);
  const message = personalize({ frame, myReactions: new Set(), myChoices: [] }, { userId, roles });
  return nonce === undefined ? message : { ...message, nonce };
}

function storedOf({ event, order, writerId, position }: SentTimeline): StoredEvent {
  const { pdu } = event;
  return {
    roomId: event.roomId,
    eventId: event.id,
    hash: event.hash,
    type: pdu.type,
    channelId: pdu.channel_id,
    sender: pdu.sender,
    originTs: pdu.origin_ts,
    order,
    outcome: "accepted",
    receivedTs: pdu.origin_ts,
    withheld: false,
    pdu: "",
    held: event,
    writerId,
    position,
  };
}

async function findReplied(
  deps: Pick<ChatDeps, "sql">,
  place: Place,
  { rawId, threadId }: {
    readonly rawId: string | null | undefined;
    readonly threadId: EventId | undefined;
  },
): Promise<StoredEvent | undefined> {
  if (rawId === null || rawId === undefined) return undefined;
  requireRight(place.rights, "READ_HISTORY", "reply");
  const id: EventId = requireEventId(rawId);
  const [target] = await findTimelineEvents(deps.sql, place.room.id, [id]);
  const fits = target !== undefined && target.channelId === place.channelId &&
    isSaid(target.type) && target.redactedBy === undefined &&
    (target.eventId === threadId || threadOfRow(place.room.authority, target) === threadId);
  if (fits) return target;
  throw new OperationError(
    "invalid",
    threadId === undefined
      ? "The message you reply to is not in this channel any more; it may be deleted."
      : "The message you reply to is not in this thread any more; it may be deleted.",
    { details: { field: "reply_to" } },
  );
}

/** Whether messages before one's own sending may be read. */
export function mayReadHistory(place: Place): boolean {
  return holds(place.rights, "READ_HISTORY");
}
