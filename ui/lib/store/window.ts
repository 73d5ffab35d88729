import type { Message, MessagePage, RemoteHistory } from "../../../core/api/message.ts";
import { REACTORS_SHOWN } from "../../../core/api/shown.ts";

/** Most rows one channel keeps in the page; measured: more make scrolling stutter. */
export const WINDOW_ROWS = 300;
export const PAGE_ROWS = 50;

/** A message of one's own that the server has not confirmed yet. */
export interface Pending {
  readonly nonce: string;
  readonly body: string;
  readonly media: Message["media"];
  readonly replyTo: Message["reply_to"];
  readonly ts: number;
  /** Why the server refused it, for a person; undefined while it is on its way. */
  readonly failed: string | undefined;
  /** Nothing answered: it goes out by itself when the connection is back. */
  readonly offline: boolean;
  /** The server asked to wait until then (ms). */
  readonly holdUntil: number | undefined;
}

/** Where a span is looked for: the newest, around a message or a moment (ms). */
export interface SpanWish {
  readonly around?: string;
  readonly at_ts?: number;
}

/** What did not come, so that it can be asked for again. */
export interface Missing {
  readonly part: "before" | "after" | SpanWish;
  /** For a person. */
  readonly reason: string;
  /** The server was not reached: it comes by itself with the connection. */
  readonly offline: boolean;
}

/** The loaded span of one channel, oldest first. */
export interface ChannelWindow {
  readonly messages: readonly Message[];
  readonly hasBefore: boolean;
  readonly hasAfter: boolean;
  readonly pending: readonly Pending[];
  /** What came while the span was being loaded anew: the page may not know it. */
  readonly arrived: readonly Message[];
  readonly loading: "none" | "before" | "after" | "all";
  /** How many spans were asked for: only the answer to the last one counts. */
  readonly asked: number;
  readonly missing: Missing | undefined;
  /** Drawn from what lay in this browser, while the server could not be reached. */
  readonly kept: boolean;
  /** Why the span may begin before the channel does: other servers have more of its past. */
  readonly past: RemoteHistory | undefined;
}

export const EMPTY_WINDOW: ChannelWindow = {
  messages: [],
  hasBefore: true,
  hasAfter: false,
  pending: [],
  arrived: [],
  loading: "none",
  asked: 0,
  missing: undefined,
  kept: false,
  past: undefined,
};

/** Order of a channel: (order, id) ascending. */
export function compareMessages(a: Message, b: Message): number {
  return a.order - b.order || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

function mergeSorted(held: readonly Message[], added: readonly Message[]): Message[] {
  const byId = new Map(held.map((message) => [message.id, message]));
  for (const message of added) byId.set(message.id, message);
  return [...byId.values()].sort(compareMessages);
}

/** Adds a page that lies before or after the span; the far end gives way beyond the bound. */
export function addPage(
  window: ChannelWindow,
  page: MessagePage,
  side: "before" | "after",
): ChannelWindow {
  const messages = mergeSorted(window.messages, page.messages);
  const over = messages.length - WINDOW_ROWS;
  if (side === "before") {
    return {
      ...window,
      messages: over > 0 ? messages.slice(0, WINDOW_ROWS) : messages,
      hasBefore: page.has_before,
      hasAfter: window.hasAfter || over > 0,
      loading: "none",
      missing: undefined,
      past: page.remote_history,
    };
  }
  return {
    ...window,
    messages: over > 0 ? messages.slice(over) : messages,
    hasAfter: page.has_after,
    hasBefore: window.hasBefore || over > 0,
    loading: "none",
    missing: undefined,
  };
}

/** A span is asked for; `asked` of the result tells it from earlier ones. */
export function beginSpan(window: ChannelWindow): ChannelWindow {
  return { ...window, loading: "all", asked: window.asked + 1, missing: undefined };
}

/**
 * A span loaded anew; what is still on its way stays. An answer to an earlier question is left
 * alone: taken in, it would count as all there is, and what comes before the later answer, which
 * may not know it, would be lost.
 */
export function replaceSpan(
  window: ChannelWindow,
  page: MessagePage,
  asked = window.asked,
): ChannelWindow {
  if (asked !== window.asked) return window;
  const messages = page.has_after ? page.messages : mergeSorted(page.messages, window.arrived);
  return {
    ...window,
    messages: messages.slice(-WINDOW_ROWS),
    arrived: [],
    hasBefore: page.has_before,
    hasAfter: page.has_after,
    loading: "none",
    missing: undefined,
    kept: false,
    past: page.remote_history,
  };
}

/**
 * A message that just came. It is taken in only where the span reaches the present: a reader
 * far up gets it with the pages on the way down. While the span is loaded anew it waits beside it.
 * A local echo with its nonce gives way to it.
 */
export function receiveMessage(window: ChannelWindow, message: Message): ChannelWindow {
  const pending = message.nonce === undefined
    ? window.pending
    : window.pending.filter((echo) => echo.nonce !== message.nonce);
  if (window.loading === "all") {
    const arrived = mergeSorted(window.arrived, [message]).slice(-WINDOW_ROWS);
    return { ...window, pending, arrived };
  }
  // Nothing was loaded yet, or the reader is elsewhere: it comes with the pages.
  const unloaded = window.messages.length === 0 && window.hasBefore;
  if (window.hasAfter || unloaded) return { ...window, pending };
  const messages = mergeSorted(window.messages, [message]);
  const over = messages.length - WINDOW_ROWS;
  return {
    ...window,
    pending,
    messages: over > 0 ? messages.slice(over) : messages,
    hasBefore: window.hasBefore || over > 0,
  };
}

/** Changes a held message; unknown ids change nothing. */
export function changeMessage(
  window: ChannelWindow,
  id: string,
  change: (message: Message) => Message,
): ChannelWindow {
  if (!window.messages.some((message) => message.id === id)) return window;
  return {
    ...window,
    messages: window.messages.map((message) => message.id === id ? change(message) : message),
  };
}

/** A reaction by `userId` was added or taken back; `count` is the new total where it is known. */
export function applyReaction(
  message: Message,
  change: { key: string; userId: string; added: boolean; count: number; mine: boolean },
): Message {
  const held = message.reactions.find((reaction) => reaction.key === change.key);
  if (change.count <= 0) {
    return { ...message, reactions: message.reactions.filter((r) => r.key !== change.key) };
  }
  const former = held?.users ?? [];
  const users = change.added
    ? former.includes(change.userId) ? former : [...former, change.userId]
    : former.filter((id) => id !== change.userId);
  const next = {
    key: change.key,
    count: change.count,
    me: change.mine ? change.added : held?.me ?? false,
    users: users.slice(0, REACTORS_SHOWN),
  };
  return {
    ...message,
    reactions: held
      ? message.reactions.map((r) => r.key === change.key ? next : r)
      : [...message.reactions, next],
  };
}
