import { slowModeMs, UNPACED_TYPES } from "../../core/auth/judge_current.ts";
import { relationKind } from "../../core/auth/timeline.ts";
import {
  type ControlEvent,
  type HeldEvent,
  isControlEvent,
  isTimelineEvent,
  type TimelineEvent,
} from "../../core/event/event.ts";
import type { Present } from "../../core/auth/judge_current.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import { serverOf } from "../../core/ids/user_id.ts";
import { holds } from "../../core/permissions/bits.ts";
import { type PlacedEvent, threadOf, winningThreads } from "../../core/state/timeline_winners.ts";
import type { Known } from "./ports.ts";
import type { RoomTurn } from "./room_turn.ts";

/** Owner events and merges that are looked through; both are rare. */
const RARE_MAX = 200;
/** Thread events of one thread that are looked through. */
const THREAD_MAX = 200;

type Facts = Pick<Present, "rivalOwnerAcceptedMs" | "lastMergeTs" | "lastPostTs" | "threadLocked">;

/** What step 6 asks of the past, each only of the events that it matters for. PROTOCOL.md 7. */
export async function presentFacts(turn: RoomTurn, event: HeldEvent): Promise<Facts> {
  if (isTimelineEvent(event)) return await timelineFacts(turn, event);
  if (!isControlEvent(event)) return {};
  switch (event.pdu.type) {
    case "m.guild.owner":
      return given("rivalOwnerAcceptedMs", await rivalOwnerAcceptedMs(turn, event));
    case "m.merge":
      return given("lastMergeTs", await nearestMergeTs(turn, event));
    default:
      return {};
  }
}

function given<Name extends keyof Facts>(name: Name, value: Facts[Name]): Facts {
  return value === undefined ? {} : { [name]: value };
}

/** When another hand-over of the same ownership was accepted here. */
async function rivalOwnerAcceptedMs(
  turn: RoomTurn,
  event: ControlEvent,
): Promise<number | undefined> {
  const owners = await rareControl(turn, "m.guild.owner");
  const ids = new Set(owners.map((known) => known.event.id));
  const former = event.pdu.auth_events.find((id) => ids.has(id));
  const rivals = owners.filter((known) =>
    known.event.id !== event.id && former !== undefined && isControlEvent(known.event) &&
    known.event.pdu.auth_events.includes(former)
  );
  return rivals.length === 0 ? undefined : Math.min(...rivals.map((known) => known.receivedTs));
}

/** `origin_ts` of the merge of the same server that is nearest in time. */
async function nearestMergeTs(turn: RoomTurn, event: ControlEvent): Promise<number | undefined> {
  const server = serverOf(event.pdu.sender);
  const times = (await rareControl(turn, "m.merge"))
    .filter((known) => known.event.id !== event.id && serverOf(known.event.pdu.sender) === server)
    .map((known) => known.event.pdu.origin_ts);
  const distance = (ts: number) => Math.abs(ts - event.pdu.origin_ts);
  return times.sort((a, b) => distance(a) - distance(b))[0];
}

async function rareControl(turn: RoomTurn, type: string): Promise<readonly Known[]> {
  const own = [...turn.newEvents].filter((known) =>
    known.outcome === "accepted" && known.event.pdu.type === type
  );
  return [...own, ...await turn.room.controlOf(type, RARE_MAX)];
}

async function timelineFacts(turn: RoomTurn, event: TimelineEvent): Promise<Facts> {
  const paceMs = slowModeMs(turn.end.authority.view, event.pdu.channel_id);
  return {
    ...given("lastPostTs", paceMs === 0 ? undefined : await lastPostTs(turn, event, paceMs)),
    ...given("threadLocked", await threadLocked(turn, event)),
  };
}

/** The sender's last post within the pace before this one. */
async function lastPostTs(
  turn: RoomTurn,
  event: TimelineEvent,
  paceMs: number,
): Promise<number | undefined> {
  const { sender: user, channel_id: channelId, origin_ts: toTs } = event.pdu;
  const stored = await turn.room.postTimes({ channelId, user, fromTs: toTs - paceMs, toTs });
  const own = [...turn.newEvents].flatMap((known) =>
    known.outcome === "accepted" && isPostOf(known.event, event) ? [known.event.pdu.origin_ts] : []
  );
  const times = [...stored, ...own].filter((ts) => ts <= toTs);
  return times.length === 0 ? undefined : Math.max(...times);
}

function isPostOf(post: HeldEvent, { id, pdu }: TimelineEvent): boolean {
  return isTimelineEvent(post) && post.id !== id && !UNPACED_TYPES.has(post.pdu.type) &&
    post.pdu.sender === pdu.sender && post.pdu.channel_id === pdu.channel_id &&
    relationKind(post.pdu) !== "edit";
}

/** Whether the thread that the event posts in is locked, by who may lock it. */
async function threadLocked(turn: RoomTurn, event: TimelineEvent): Promise<boolean | undefined> {
  const root = threadOf(event);
  if (root === undefined || event.pdu.type === "m.thread") return undefined;
  const channelId = event.pdu.channel_id;
  const stored = await turn.room.threadEvents({ channelId, root, limit: THREAD_MAX });
  const own = [...turn.newEvents].filter((known) =>
    known.outcome === "accepted" && known.event.pdu.type === "m.thread" &&
    isTimelineEvent(known.event) && known.event.pdu.channel_id === channelId &&
    threadOf(known.event) === root
  );
  const events = [...stored, ...own].flatMap(placed);
  if (events.length === 0) return undefined;
  const managers = new Set<EventId>();
  for (const { event: each } of events) if (await mayManage(turn, each)) managers.add(each.id);
  // Its starter may name it and put it away, and cannot undo what moderators closed.
  const winner = winningThreads(events, {
    starterOf: () => undefined,
    mayManage: ({ id }) => managers.has(id),
  }).get(root);
  return winner?.event.pdu.content["locked"] === true;
}

function placed({ event, order }: Known): PlacedEvent[] {
  return isTimelineEvent(event) && order !== undefined ? [{ event, order }] : [];
}

async function mayManage(turn: RoomTurn, { pdu }: TimelineEvent): Promise<boolean> {
  const authority = await turn.room.graph.authorityAfter(pdu.state_refs, { fullSetMax: Infinity });
  const rights = authority?.rights(pdu.sender, pdu.channel_id, pdu.origin_ts) ?? 0n;
  return holds(rights, "MANAGE_THREADS");
}
