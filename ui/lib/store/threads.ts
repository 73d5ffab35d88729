import type { Message } from "../../../core/api/message.ts";
import type { OwnThread, Thread } from "../../../core/api/thread.ts";
import type { ThreadView } from "../../../core/api/threads.ts";
import type { ChatState } from "./chat.ts";
import { refKey } from "./place.ts";
import { changeMessage } from "./window.ts";

/** Whether the viewer follows a thread: what is new in it is then counted and told. */
export function follows(state: ChatState, rootId: string): boolean {
  return state.threads.value.get(rootId)?.following ??
    state.threadViews.value.get(rootId)?.following ?? false;
}

/** A thread as it is now: in its root, in the list of own ones, and where it is open. */
export function takeThread(state: ChatState, thread: Thread): void {
  state.heardThread.value = thread;
  const channel = state.windows.get(refKey(thread));
  if (channel) {
    channel.value = changeMessage(channel.value, thread.id, (root) => ({ ...root, thread }));
  }
  const own = state.threads.value.get(thread.id);
  if (own) setOwn(state, { ...own, thread });
  const view = state.threadViews.value.get(thread.id);
  if (view) setView(state, { ...view, thread });
}

/** A list of threads, the one last written in first, with one of them as it is now. */
export function withThread(
  list: readonly Thread[],
  thread: Thread,
  { archived, whole }: {
    readonly archived: boolean;
    /** All of the channel are listed, not those of a name: one that was not there may be new. */
    readonly whole: boolean;
  },
): readonly Thread[] {
  const isListed = list.some(({ id }) => id === thread.id);
  if (!isListed && !whole) return list;
  const others = list.filter(({ id }) => id !== thread.id);
  if (thread.archived !== archived) return isListed ? others : list;
  return [...others, thread].sort((a, b) => b.last_ts - a.last_ts);
}

export function takeOwnThread(state: ChatState, own: OwnThread): void {
  takeThread(state, own.thread);
  setOwn(state, own);
  const view = state.threadViews.value.get(own.thread.id);
  if (view) setView(state, { ...view, following: own.following });
}

/** The message that an opened thread is about changed. */
export function changeRoot(
  state: ChatState,
  rootId: string,
  change: (root: Message) => Message,
): void {
  const view = state.threadViews.value.get(rootId);
  if (view?.root) setView(state, { ...view, root: change(view.root) });
}

/** What the server says of a thread that was opened. */
export function takeThreadView(state: ChatState, view: ThreadView): void {
  if (view.thread.count > 0) takeThread(state, view.thread);
  setView(state, view);
  state.takeThreadRead(view);
  const own = state.threads.value.get(view.thread.id);
  if (own && own.following !== view.following) {
    setOwn(state, { thread: view.thread, following: view.following });
  }
}

/**
 * A message came in a thread: who wrote it and whom it mentions follow it from then on, who wrote
 * the root does unless that was given up. The server does the same.
 */
export function followBy(state: ChatState, message: Message, rootId: string): void {
  const self = state.self.value.user.id;
  const own = state.threads.value.get(rootId);
  const view = state.threadViews.value.get(rootId);
  const starter = own?.thread.starter ?? view?.thread.starter ??
    rootIn(state, message, rootId)?.author.id;
  const anew = message.author.id === self || message.mentions.users.includes(self) ||
    (own === undefined && view?.following !== false && starter === self);
  if (!anew || own?.following === true) return;
  if (view) setView(state, { ...view, following: true });
  // What it is called and how much is in it follows in a frame of its own.
  setOwn(state, {
    thread: own?.thread ?? view?.thread ?? {
      id: rootId,
      room_id: message.room_id,
      channel_id: message.channel_id,
      title: null,
      name: rootIn(state, message, rootId)?.body.split("\n")[0]?.slice(0, 60) ?? "",
      starter: starter ?? null,
      archived: false,
      locked: false,
      count: 0,
      last_id: null,
      last_ts: message.origin_ts,
      people: [],
    },
    following: true,
  });
}

function rootIn(state: ChatState, message: Message, rootId: string): Message | undefined {
  const { room_id, channel_id } = message;
  return state.windows.get(refKey({ room_id, channel_id }))?.value.messages.find((each) =>
    each.id === rootId
  );
}

type Followed = ReadonlyMap<string, readonly Thread[]>;
/** Of each map of own threads, which is replaced when one changes, the threads by channel. */
const followedOf = new WeakMap<ChatState["threads"]["value"], Followed>();

/** Followed threads of each channel that are not put away, the one last written in first. */
function followedThreads(state: ChatState): Followed {
  const own = state.threads.value;
  const held = followedOf.get(own);
  if (held) return held;
  const byChannel = new Map<string, Thread[]>();
  for (const { thread, following } of own.values()) {
    if (!following || thread.archived) continue;
    const key = refKey({ room_id: thread.room_id, channel_id: thread.channel_id });
    const list = byChannel.get(key);
    if (list) list.push(thread);
    else byChannel.set(key, [thread]);
  }
  for (const list of byChannel.values()) list.sort((a, b) => b.last_ts - a.last_ts);
  followedOf.set(own, byChannel);
  return byChannel;
}

/** Followed threads of a channel that are not put away, the one last written in first. */
export function threadsUnder(
  state: ChatState,
  channel: { readonly room_id: string; readonly id: string },
): readonly Thread[] {
  const followed = followedThreads(state);
  if (followed.size === 0) return [];
  return followed.get(refKey({ room_id: channel.room_id, channel_id: channel.id })) ?? [];
}

function setOwn(state: ChatState, own: OwnThread): void {
  state.threads.value = new Map(state.threads.value).set(own.thread.id, own);
}

function setView(state: ChatState, view: ThreadView): void {
  state.threadViews.value = new Map(state.threadViews.value).set(view.thread.id, view);
}
