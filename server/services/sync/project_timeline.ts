import type { EventId } from "../../../core/ids/event_id.ts";
import { relationOf } from "../../../core/event/relation.ts";
import type { TimelineEvent } from "../../../core/event/event.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Dispatch } from "../../http/gateway/source.ts";
import type { StoredEvent } from "../../postgres/event_rows.ts";
import { heldOf } from "../../rooms/load_room.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { findReactions, findTimelineEvents } from "../messages/message_rows.ts";
import { isFromBefore } from "../messages/readable_rows.ts";
import { threadOfRow } from "../messages/thread_of.ts";
import { projectThreads } from "../threads/project_threads.ts";
import { projectMessages, projectNewMessage } from "../messages/project_messages.ts";

type TimelineDeps = Pick<ChatDeps, "sql" | "users" | "nonces" | "serverName" | "clock">;

/**
 * What a stored timeline event means for those who read its channel, as `message.` dispatches;
 * one event has one at most, and with it what became of its thread.
 */
export async function projectTimeline(
  deps: TimelineDeps,
  room: Room,
  stored: StoredEvent,
): Promise<Dispatch[]> {
  if (stored.channelId === undefined || stored.outcome !== "accepted") return [];
  const [said, thread] = [
    await projectMessage(deps, room, { ...stored, channelId: stored.channelId }),
    await projectThread(deps, room, { ...stored, channelId: stored.channelId }),
  ];
  return [...said, ...thread];
}

type ChannelEvent = StoredEvent & { readonly channelId: NonNullable<StoredEvent["channelId"]> };

/** The thread that the event stands in or is about, as it is now. */
async function projectThread(
  deps: TimelineDeps,
  room: Room,
  stored: ChannelEvent,
): Promise<Dispatch[]> {
  if (stored.type !== "m.room.message" && stored.type !== "m.thread") return [];
  const rootId = threadOfRow(room.authority, stored);
  if (rootId === undefined) return [];
  const { channelId } = stored;
  const thread = (await projectThreads(deps, room, [{ channelId, rootId }])).get(rootId);
  if (thread === undefined) return [];
  return [{
    t: "thread.update",
    d: thread,
    audience: { to: "channel", roomId: room.id, channelId },
  }];
}

async function projectMessage(
  deps: TimelineDeps,
  room: Room,
  stored: ChannelEvent,
): Promise<Dispatch[]> {
  const event = heldOf(stored) as TimelineEvent;
  const audience = { to: "channel", roomId: room.id, channelId: stored.channelId } as const;
  const relation = relationOf(event.pdu);
  const target = targetOf(event, relation?.eventId);
  if (stored.type === "m.room.message" && relation?.kind !== "edit") {
    if (stored.redactedBy !== undefined) return await wholeMessage(deps, room, stored.eventId);
    // History that somebody scrolled to: who asks for its page gets it there.
    if (isFromBefore(room.authority, deps.serverName, stored.originTs)) return [];
    const d = await projectNewMessage(deps, room, stored);
    const nonce = deps.nonces.take(stored.eventId);
    return [{
      t: "message.create",
      d,
      audience,
      ...(nonce === undefined ? {} : { personal: { userId: stored.sender, d: { ...d, nonce } } }),
    }];
  }
  const isOpenReaction = stored.type === "m.reaction" && !stored.withheld &&
    typeof event.pdu.content["key"] === "string";
  if (isOpenReaction && target !== undefined) {
    return await reaction(deps, room, { stored, event, target });
  }
  const changes = stored.type === "m.pin" || stored.type === "m.reaction" ||
    stored.type === "m.room.message";
  if (!changes || target === undefined) return [];
  const takenBackBy = stored.type === "m.reaction" ? stored.sender : undefined;
  return await wholeMessage(deps, room, target, takenBackBy);
}

function targetOf(event: TimelineEvent, related: EventId | undefined): EventId | undefined {
  if (related !== undefined) return related;
  const pinned = event.pdu.content["event_id"];
  return event.pdu.type === "m.pin" && typeof pinned === "string" ? pinned as EventId : undefined;
}

async function reaction(
  deps: Pick<ChatDeps, "sql">,
  room: Room,
  parts: {
    readonly stored: StoredEvent;
    readonly event: TimelineEvent;
    readonly target: EventId;
  },
): Promise<Dispatch[]> {
  const { stored, event, target } = parts;
  const key = event.pdu.content["key"];
  if (typeof key !== "string" || stored.channelId === undefined) return [];
  const rows = await findReactions(deps.sql, {
    roomId: room.id,
    targetIds: [target],
    viewer: null,
  });
  const count = rows.find((row) => row.key === key)?.count ?? 0;
  return [{
    t: "message.reaction",
    d: {
      room_id: room.id,
      channel_id: stored.channelId,
      message_id: target,
      key,
      user_id: stored.sender,
      added: true,
      count,
    },
    audience: { to: "channel", roomId: room.id, channelId: stored.channelId },
  }];
}

/**
 * Edits, pins, redactions, previews: the whole message anew, as it is now. `takenBackBy`: who took a
 * reaction back, and is told which of the own ones still stand.
 */
export async function wholeMessage(
  deps: Pick<ChatDeps, "sql" | "users" | "serverName" | "clock">,
  room: Room,
  id: EventId,
  takenBackBy?: UserId,
): Promise<Dispatch[]> {
  const rows = await findTimelineEvents(deps.sql, room.id, [id]);
  const [row] = rows;
  if (row?.channelId === undefined || row.type !== "m.room.message") return [];
  const [projected] = await projectMessages(deps, room, { rows, viewer: takenBackBy ?? null });
  if (projected === undefined) return [];
  const { frame, myReactions } = projected;
  return [{
    t: "message.update",
    d: frame,
    audience: { to: "channel", roomId: room.id, channelId: row.channelId },
    ...(takenBackBy === undefined
      ? {}
      : { personal: { userId: takenBackBy, d: { ...frame, own_reactions: [...myReactions] } } }),
  }];
}
