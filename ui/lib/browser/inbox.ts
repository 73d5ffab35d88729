import type { ReadState } from "../../../core/api/channel.ts";
import type { Message } from "../../../core/api/message.ts";
import type { ChatState } from "../store/chat.ts";
import type { InboxPlace, WaitingPlace } from "../store/inbox.ts";
import { pathOf, placeKey, refKey, refOfKey, type TalkPlace } from "../store/place.ts";
import { markStale, takeRead } from "../store/stale_reads.ts";
import { unreadOf } from "../store/unread.ts";
import { messagePath, threadPath } from "../format/paths.ts";
import { callApi } from "./browser_api.ts";
import { followPath, loadSpan, openPlace } from "./history.ts";
import { markTalksRead, takeBackRead } from "./mark_all_read.ts";
import { isEncrypted, privacyOf } from "./privacy.ts";
import { tellRead } from "./tell_read.ts";

/** Mentions asked for at a time. */
const PAGE = 25;
/** The newest lines of a place that waits. */
const LINES = 3;
/** A mention and what was said around it. */
const AROUND = 5;

/** What was marked as read, and how to take that back. */
export interface Cleared {
  readonly before: readonly ReadState[];
  /** The server knows. */
  readonly done: Promise<void>;
}

/** A page of what mentions the viewer, the newest first; sealed ones as they came. */
export async function loadMentions(cursor: string | null) {
  return await callApi("listMentions", {
    query: { limit: PAGE, ...(cursor === null ? {} : { cursor }) },
  });
}

/** The newest messages of a place that waits, the oldest of them first, as this device reads them. */
export async function loadLines(state: ChatState, place: WaitingPlace): Promise<Message[]> {
  const limit = Math.max(1, Math.min(LINES, place.unread));
  return await read(state, place.place, { limit });
}

/** A message among those next to it, as this device reads them. */
export async function loadAround(state: ChatState, message: Message): Promise<Message[]> {
  const place = { roomId: message.room_id, channelId: message.channel_id };
  return await read(state, place, { limit: AROUND, around: message.id });
}

async function read(
  state: ChatState,
  { roomId, channelId, root }: Pick<TalkPlace, "roomId" | "channelId" | "root">,
  query: { readonly limit: number; readonly around?: string },
): Promise<Message[]> {
  const { messages } = await callApi("listMessages", {
    params: { room_id: roomId },
    query: { channel_id: channelId, ...(root === undefined ? {} : { thread_id: root }), ...query },
  });
  const heard = messages.filter(({ author }) => !state.isBlocked(author.id));
  return isEncrypted(state, roomId) ? await openSealed(state, heard) : heard;
}

/** Opens what this device can open; the rest stays as it came. */
export async function openSealed(
  state: ChatState,
  messages: readonly Message[],
): Promise<Message[]> {
  if (!messages.some((message) => message.sealed)) return [...messages];
  try {
    return await (await privacyOf(state)).openAll(messages);
  } catch {
    // Without encryption in this browser it is said in its place that it is an encrypted message.
    return [...messages];
  }
}

/** Closes the inbox and goes to a message, or to where reading stopped. */
export function goTo(state: ChatState, { place }: InboxPlace, message: Message | null): void {
  state.overlay.value = null;
  const messageId = message?.id ?? null;
  if (message?.thread_id !== undefined) {
    const thread = threadPath(pathOf(state.known, place), message.thread_id);
    return void followPath(state, messagePath(thread, message.id));
  }
  const { root, ...channel } = place;
  if (root !== undefined) {
    return openPlace(state, { ...channel, focus: null, thread: { id: root, focus: null } });
  }
  openPlace(state, { ...place, focus: messageId });
  if (messageId === null) return;
  const { messages, loading } = state.windowOf(placeKey(place)).value;
  const held = messages.some((each) => each.id === messageId);
  if (!held && loading === "none") void loadSpan(state, place, { around: messageId });
}

/** Marks places as read in this frame. Undefined: there was nothing to mark. */
export function clearPlaces(
  state: ChatState,
  places: readonly WaitingPlace[],
): Cleared | undefined {
  const before = places.flatMap(({ key }) => state.reads.value.get(key) ?? []);
  if (before.length === 0) return undefined;
  const done = markTalksRead(
    state,
    places.map(({ place, lastMessageId }) => ({
      room_id: place.roomId,
      channel_id: place.channelId,
      thread_id: place.root,
      last_message_id: lastMessageId,
    })),
  );
  return { before, done };
}

/** Marks everything up to a mention as read; `newer`: mentions of its place that come after it. */
export function clearUpTo(
  state: ChatState,
  message: Message,
  newer: number,
): Cleared | undefined {
  const key = refKey(message);
  const held = state.reads.value.get(key);
  if (held === undefined || held.mentions <= newer) return undefined;
  // How much of the rest is new only the server can count.
  state.reads.value = new Map(state.reads.value).set(key, { ...held, mentions: newer });
  const done = tellRead(refOfKey(key), { event_id: message.id })
    .then((read) => read && takeRead(state, read), () => markStale(state, [key]));
  return { before: [held], done };
}

export async function takeBack(state: ChatState, cleared: Cleared): Promise<void> {
  await cleared.done;
  await takeBackRead(state, cleared.before);
}

/** Mentions of the same place that come before this one in a list of the newest first. */
export function newerThan(messages: readonly Message[], message: Message): number {
  const key = refKey(message);
  const before = messages.slice(0, messages.findIndex(({ id }) => id === message.id));
  return before.filter((each) => refKey(each) === key).length;
}

/** How many mentions wait in all: whoever lists them asks again when there are more. */
export function mentionsWaiting(state: ChatState): number {
  let sum = 0;
  for (const read of state.reads.value.values()) sum += unreadOf(state.reads.value, read).mentions;
  return sum;
}
