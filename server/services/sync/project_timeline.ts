import type { EventId } from "../../../core/ids/event_id.ts";
import { relationOf } from "../../../core/event/relation.ts";
import { pollEndKind } from "../../../core/event/kinds/poll_end.ts";
import { previewsOffKind } from "../../../core/event/kinds/previews_off.ts";
import { pollVoteKind } from "../../../core/event/kinds/poll_vote.ts";
import { isSaid } from "../../../core/event/said.ts";
import type { TimelineEvent } from "../../../core/event/event.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { choicesOf } from "../../../core/rules/polls.ts";
import type { Dispatch } from "../../http/gateway/source.ts";
import type { StoredEvent } from "../../postgres/event_rows.ts";
import { heldOf } from "../../rooms/load_room.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { findReactions, findTimelineEvents } from "../messages/message_rows.ts";
import { isFromBefore } from "../messages/readable_rows.ts";
import { threadOfRow } from "../messages/thread_of.ts";
import { findBallots } from "../polls/poll_rows.ts";
import { pollOfRow, projectPolls, refOf } from "../polls/project_polls.ts";
import { projectThreads } from "../threads/project_threads.ts";
import { projectMessages, projectNewMessage } from "../messages/project_messages.ts";
import type { GatheredVotes } from "./gather_votes.ts";

type TimelineDeps = Pick<ChatDeps, "sql" | "users" | "nonces" | "serverName" | "clock">;

/**
 * What a stored timeline event means for those who read its channel, as `message.` dispatches;
 * one event has one at most, and with it what became of its thread. `gathered`: whose votes are
 * told with which; absent: each by itself.
 */
export async function projectTimeline(
  deps: TimelineDeps,
  room: Room,
  stored: StoredEvent,
  gathered?: GatheredVotes,
): Promise<Dispatch[]> {
  if (stored.channelId === undefined || stored.outcome !== "accepted") return [];
  if (stored.type === pollVoteKind.type || stored.type === pollEndKind.type) {
    const voters = gathered?.get(stored.eventId) ?? new Set([stored.sender]);
    return voters.size === 0 ? [] : await projectVotes(deps, room, { stored, voters });
  }
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
  if (!isSaid(stored.type) && stored.type !== "m.thread") return [];
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
  if (isSaid(stored.type) && relation?.kind !== "edit") {
    if (stored.redactedBy !== undefined) return await wholeMessage(deps, room, stored.eventId);
    // History that somebody scrolled to: who asks for its page gets it there.
    if (isFromBefore(room.authority, deps.serverName, stored.originTs)) return [];
    const d = await projectNewMessage(deps, room, stored);
    const nonce = deps.nonces.of(stored.eventId);
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
    stored.type === previewsOffKind.type || stored.type === "m.room.message";
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

/** A poll's numbers after a vote or its end, and what the voters have chosen now. */
async function projectVotes(
  { sql }: Pick<ChatDeps, "sql">,
  room: Room,
  { stored, voters }: { readonly stored: StoredEvent; readonly voters: ReadonlySet<UserId> },
): Promise<Dispatch[]> {
  const target = relationOf(heldOf(stored).pdu)?.eventId;
  const rows = target === undefined ? [] : await findTimelineEvents(sql, room.id, [target]);
  const [row] = rows;
  const poll = row && pollOfRow(row);
  if (poll === undefined || row?.channelId === undefined || row.channelId !== stored.channelId) {
    return [];
  }
  const [projected, ballots] = await Promise.all([
    projectPolls(sql, { roomId: room.id, rows, viewer: null }),
    findBallots(sql, { roomId: room.id, poll: refOf(row, poll), voters: [...voters] }),
  ]);
  const frame = projected.get(row.eventId)?.frame;
  if (frame === undefined) return [];
  const masks = new Map(ballots.map(({ sender, mask }) => [sender, mask]));
  return [{
    t: "message.poll",
    d: {
      room_id: room.id,
      channel_id: row.channelId,
      message_id: row.eventId,
      votes: frame.options.map(({ votes }) => votes),
      voters: frame.voters,
      ended_ts: frame.ended_ts,
      ballots: [...voters].map((user) => ({
        user_id: user,
        choices: choicesOf(masks.get(user) ?? 0),
      })),
    },
    audience: { to: "channel", roomId: room.id, channelId: row.channelId },
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
  if (row?.channelId === undefined || !isSaid(row.type)) return [];
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
