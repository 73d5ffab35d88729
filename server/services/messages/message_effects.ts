import type { JsonObject } from "../../../core/event/json.ts";
import { keep } from "../../../core/event/keep.ts";
import { messageKind } from "../../../core/event/kinds/message.ts";
import { pinKind } from "../../../core/event/kinds/pin.ts";
import { reactionKind } from "../../../core/event/kinds/reaction.ts";
import { readContent } from "../../../core/event/kinds/kind.ts";
import { pollKind } from "../../../core/event/kinds/poll.ts";
import { pollEndKind } from "../../../core/event/kinds/poll_end.ts";
import { pollVoteKind } from "../../../core/event/kinds/poll_vote.ts";
import { previewsOffKind } from "../../../core/event/kinds/previews_off.ts";
import { redactionKind } from "../../../core/event/kinds/redaction.ts";
import { threadKind } from "../../../core/event/kinds/thread.ts";
import { isSaid } from "../../../core/event/said.ts";
import type { ChannelId } from "../../../core/ids/channel_id.ts";
import type { EventId } from "../../../core/ids/event_id.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { maskOf } from "../../../core/rules/polls.ts";
import type { TaggedRow } from "../../postgres/row_kind.ts";
import { followRows } from "../threads/follow_rows.ts";
import { sealedOf } from "../e2ee/sealed_content.ts";
import { sealedRows } from "../e2ee/sealed_rows.ts";
import { mentionRows, type RelationKind, relationRows, targetRows } from "./message_row_kinds.ts";

/** An accepted timeline event, here or at another server's, about to be stored. */
export interface EffectiveEvent {
  readonly roomId: RoomId;
  readonly channelId: ChannelId;
  readonly eventId: EventId;
  readonly order: number;
  readonly sender: UserId;
  readonly type: string;
  readonly content: JsonObject;
  /** Whom it pings: only those whom its sender may. See `mentionTargets`. */
  readonly mentions?: readonly string[];
  /** Of `m.thread`: its sender had MANAGE_THREADS in the state that the event stands on. */
  readonly managesThreads?: boolean;
  /**
   * Of `m.poll.end`, `m.previews.off`: its sender had MANAGE_MESSAGES in the state that the event
   * stands on.
   */
  readonly managesMessages?: boolean;
}

/**
 * The rows by which an event takes effect on others: replies, edits, reactions, pins, threads,
 * votes, previews, mentions, and what a redaction names. The same for events of all servers. A
 * content of another shape than its type's has no effect.
 */
export function effectRows(event: EffectiveEvent): TaggedRow[] {
  const { roomId, channelId, eventId, order, sender } = event;
  const sealed = sealedOf(event);
  const isQuiet = sealed?.quiet === true;
  const mentions = isQuiet ? [] : event.mentions ?? [];
  const at = { roomId, channelId, eventId, order, sender };
  const relation = relationOf(event);
  const threadId = isSaid(event.type) && relation?.kind === "thread"
    ? relation.targetId
    : undefined;
  return [
    ...(relation === undefined ? [] : [relationRows.of({ ...at, ...relation })]),
    ...(mentions.length === 0
      ? []
      : [mentionRows.of({ ...at, targets: mentions, threadId: threadId ?? "" })]),
    ...(threadId === undefined ? [] : [
      followRows.of({
        ...at,
        rootId: threadId,
        named: mentions.filter((target) => target.startsWith("@")),
      }),
    ]),
    ...(sealed === undefined ? [] : [sealedRows.of({ roomId, eventId, quiet: isQuiet })]),
    ...namedRows(event),
  ];
}

interface Relation {
  readonly targetId: EventId;
  readonly kind: RelationKind;
  readonly key?: string;
}

function relationOf(event: EffectiveEvent): Relation | undefined {
  const { type, content, managesThreads, managesMessages } = event;
  switch (type) {
    case "m.room.message": {
      const { kind, event_id: targetId } = readContent(messageKind, content)?.relates_to ?? {};
      // Where messages are sealed there are no threads: it stands in the channel's timeline.
      const relates = kind === "reply" || kind === "edit" ||
        (kind === "thread" && content["msgtype"] !== "sealed");
      return relates && targetId !== undefined ? { kind, targetId } : undefined;
    }
    case "m.reaction": {
      const reaction = readContent(reactionKind, content);
      // The database's text cannot hold it, and no emoji is called so.
      if (reaction === undefined || reaction.key?.includes("\u0000") === true) return undefined;
      const targetId = reaction.relates_to.event_id;
      if (reaction.sealed !== undefined) return { kind: "sealed_reaction", targetId };
      return reaction.key === undefined
        ? undefined
        : { kind: "reaction", targetId, key: reaction.key };
    }
    case "m.pin": {
      const pin = readContent(pinKind, content);
      return pin && { kind: "pin", targetId: pin.event_id, key: pin.on ? "on" : "off" };
    }
    case "m.thread": {
      const thread = readContent(threadKind, content);
      return thread && {
        kind: "thread",
        targetId: thread.relates_to.event_id,
        key: managesThreads === true ? "managed" : "stated",
      };
    }
    case "m.poll": {
      const { kind, event_id: targetId } = readContent(pollKind, content)?.relates_to ?? {};
      const relates = kind === "reply" || kind === "edit" || kind === "thread";
      return relates && targetId !== undefined ? { kind, targetId } : undefined;
    }
    case "m.poll.vote": {
      const vote = readContent(pollVoteKind, content);
      // Whether it counts is read with the poll, which may come later.
      return vote && {
        kind: "vote",
        targetId: vote.relates_to.event_id,
        key: String(maskOf(vote.choices)),
      };
    }
    case "m.poll.end": {
      const end = readContent(pollEndKind, content);
      return end && {
        kind: "poll_end",
        targetId: end.relates_to.event_id,
        key: managesMessages === true ? "managed" : "stated",
      };
    }
    case "m.previews.off": {
      const off = readContent(previewsOffKind, content);
      return off && {
        kind: "previews_off",
        targetId: off.relates_to.event_id,
        key: managesMessages === true ? "managed" : "stated",
      };
    }
    default:
      return undefined;
  }
}

/** What a redaction names is found by what comes after it too; that survives its own redaction. */
export function namedRows(
  { roomId, eventId, type, content }: Pick<
    EffectiveEvent,
    "roomId" | "eventId" | "type" | "content"
  >,
): TaggedRow[] {
  if (type !== redactionKind.type) return [];
  const kept = keep({ type, content, timeline: true });
  const named = readContent(redactionKind, kept)?.redacts ?? [];
  return [...new Set(named)].map((targetId) =>
    targetRows.of({ roomId, targetId, redactionId: eventId })
  );
}
