import type { Message, MessagePage } from "../../../core/api/message.ts";
import { ApiError } from "../api/request.ts";
import { type ChatState } from "../store/chat.ts";
import {
  addressOf,
  channelOf,
  dmOf,
  isTalk,
  parsePlace,
  pathOf,
  type Place,
  placeKey,
  type TalkPlace,
  threadPlace,
  withoutThread,
} from "../store/place.ts";
import { rememberAuthor } from "../store/held_messages.ts";
import { takeThreadView } from "../store/threads.ts";
import {
  addPage,
  beginSpan,
  type Missing,
  PAGE_ROWS,
  replaceSpan,
  type SpanWish,
} from "../store/window.ts";
import { lastPlaceCookie } from "../last_place.ts";
import { afterFrame } from "./after_frame.ts";
import { callApi, reasonOf } from "./browser_api.ts";
import { endSelection } from "./select_messages.ts";
import { showToast } from "./toast.ts";

/** Channels whose windows stay in memory. */
const KEPT_WINDOWS = 10;

/** Goes to a place of the app: address, title and messages follow. */
export function openPlace(
  state: ChatState,
  place: Place,
  how: "push" | "replace" | "none" = "push",
) {
  const old = state.place.value;
  const path = addressOf(state.known, place);
  if (how !== "none" && path !== location.pathname) {
    // What lay over the page ends with this, and its entry becomes that of the place.
    const anew = how === "push" && !history.state?.over;
    history[anew ? "pushState" : "replaceState"](null, "", path);
  }
  state.panel.value = "main";
  if (isTalk(place)) {
    const key = placeKey(place);
    if (!isTalk(old) || placeKey(old) !== key) {
      state.markOpened(key);
      // Where something is new reading goes on there, not at the present it was left at.
      if (state.newAfter.value.has(key) && state.anchors.get(key) === "present") {
        state.anchors.delete(key);
      }
      leaveMain();
      state.active.value = null;
      state.announcer?.clear();
    }
    const cookie = lastPlaceCookie(pathOf(state.known, place));
    afterFrame(() => document.cookie = cookie);
    keepRecent(state, key);
  }
  state.place.value = place;
  if (isTalk(place)) void loadPlace(state, place);
  const beside = threadPlace(place);
  const chosenIn = state.selection.value?.key;
  const shown = isTalk(place) &&
    [place, beside ?? place].some((each) => placeKey(each) === chosenIn);
  if (!shown) endSelection(state);
  if (beside) openBeside(state, beside, threadPlace(old));
}

/** What has the focus there goes away: taken out with it, half a page would be laid out twice. */
function leaveMain(): void {
  const focused = document.activeElement;
  if (focused instanceof HTMLElement && focused.closest(".main")) focused.blur();
}

/** Shows a thread beside its channel: what was said in it, and what it is now. */
function openBeside(state: ChatState, beside: TalkPlace, old: TalkPlace | undefined): void {
  const key = placeKey(beside);
  // The search stands where the thread does.
  state.finding.value = null;
  if (!old || placeKey(old) !== key) {
    state.markOpened(key);
    if (state.newAfter.value.has(key)) state.anchors.delete(key);
  }
  keepRecent(state, key);
  void loadPlace(state, beside);
  void loadThread(state, beside);
}

async function loadThread(state: ChatState, { roomId, root = "" }: TalkPlace): Promise<void> {
  try {
    const view = await callApi("getThread", { params: { room_id: roomId, event_id: root } });
    takeThreadView(state, view);
  } catch (error) {
    const place = state.place.value;
    if (state.threadViews.value.has(root) || !isTalk(place) || place.thread?.id !== root) return;
    openPlace(state, withoutThread(place), "replace");
    showToast(state, reasonOf(error), true);
  }
}

/** Opens the thread under a message of the open place; null closes the one that is open. */
export function openThread(state: ChatState, rootId: string | null): void {
  const place = state.place.value;
  if (!isTalk(place)) return;
  const channel = withoutThread(place);
  openPlace(
    state,
    rootId === null
      ? { ...channel, focus: null }
      : { ...channel, focus: null, thread: { id: rootId, focus: null } },
  );
}

/** Follows a link of the app in place; false where the browser should load it. */
export function followPath(state: ChatState, pathname: string): boolean {
  const place = parsePlace(state.known, pathname);
  if (!place) return false;
  openPlace(state, place);
  return true;
}

function keepRecent(state: ChatState, key: string): void {
  const window = state.windows.get(key);
  if (window) {
    state.windows.delete(key);
    state.windows.set(key, window);
  }
  for (const old of state.windows.keys()) {
    if (state.windows.size <= KEPT_WINDOWS) break;
    if (old !== key && state.windows.get(old)?.value.pending.length === 0) {
      state.windows.delete(old);
    }
  }
}

async function loadPlace(state: ChatState, place: TalkPlace): Promise<void> {
  const window = state.windowOf(placeKey(place));
  const channel = channelOf(state.known, place);
  if (channel?.kind === "voice" && !state.server.voice) return;
  // Nothing of it is to be had before the request is accepted.
  const dm = dmOf(state.known, place);
  if (dm?.kind === "pair" && dm.state === "invited") return;
  if (place.focus !== null) {
    if (window.value.messages.some((message) => message.id === place.focus)) return;
    return await loadSpan(state, place, { around: place.focus });
  }
  if (window.value.messages.length === 0 && window.value.loading === "none") {
    await loadSpan(state, place, {});
  }
}

/** Replaces the span of a channel: the newest, or around a message. */
export async function loadSpan(
  state: ChatState,
  place: TalkPlace,
  where: SpanWish,
): Promise<void> {
  const window = state.windowOf(placeKey(place));
  const { asked } = window.value = beginSpan(window.value);
  try {
    const page = await callApi("listMessages", {
      params: { room_id: place.roomId },
      query: { ...askedOf(place), limit: PAGE_ROWS, ...where },
    });
    if (asked !== window.value.asked) return;
    if (page.thread_id !== undefined && where.around !== undefined) {
      // What was looked for stands in a thread of this channel.
      const thread = { id: page.thread_id, focus: where.around };
      openPlace(state, { ...place, focus: null, thread }, "replace");
    }
    remember(state, page.messages);
    window.value = replaceSpan(window.value, page, asked);
  } catch (error) {
    const kept = Object.keys(where).length === 0 && isOffline(error)
      ? await readKeptMessages(placeKey(place))
      : undefined;
    if (asked !== window.value.asked) return;
    window.value = kept
      ? { ...replaceSpan(window.value, kept, asked), kept: true }
      : { ...window.value, loading: "none", missing: missingPart(where, error) };
  }
}

function isOffline(error: unknown): boolean {
  return error instanceof ApiError && error.code === "offline";
}

function missingPart(part: Missing["part"], error: unknown): Missing {
  return { part, reason: reasonOf(error), offline: isOffline(error) };
}

/** What lies in this browser of a channel, for when the server cannot be reached. */
async function readKeptMessages(key: string): Promise<MessagePage | undefined> {
  try {
    const { OfflineDb } = await import("../offline/offline_db.ts");
    const db = await OfflineDb.open();
    const page = await db.readMessages(key);
    db.close();
    return page;
  } catch {
    return undefined;
  }
}

/** Pages on, away from or towards the present. */
export async function loadMore(
  state: ChatState,
  place: TalkPlace,
  side: "before" | "after",
): Promise<void> {
  const window = state.windowOf(placeKey(place));
  const { messages, loading, asked } = window.value;
  const edge = side === "before" ? messages[0] : messages.at(-1);
  if (loading !== "none" || !edge) return;
  window.value = { ...window.value, loading: side };
  const waits = () => window.value.loading === side && window.value.asked === asked;
  try {
    const page = await callApi("listMessages", {
      params: { room_id: place.roomId },
      query: { ...askedOf(place), limit: PAGE_ROWS, [side]: edge.id },
    });
    // Another span was asked for meanwhile, to which this page does not belong.
    if (!waits()) return;
    remember(state, page.messages);
    window.value = addPage(window.value, page, side);
  } catch (error) {
    if (!waits()) return;
    window.value = {
      ...window.value,
      loading: "none",
      missing: missingPart(side, error),
    };
  }
}

/** Asks once more for what did not come. */
export function loadMissing(state: ChatState, place: TalkPlace): void {
  const { missing, kept } = state.windowOf(placeKey(place)).value;
  if (missing?.part === "before" || missing?.part === "after") {
    void loadMore(state, place, missing.part);
  } else if (missing || kept) void loadSpan(state, place, missing?.part ?? {});
}

function askedOf({ channelId, root }: TalkPlace) {
  return { channel_id: channelId, ...(root === undefined ? {} : { thread_id: root }) };
}

function remember(state: ChatState, messages: readonly Message[]): void {
  for (const message of messages) rememberAuthor(state, message);
}

/** The channel that is open, and the thread beside it. */
function openTalks(state: ChatState): TalkPlace[] {
  const place = state.place.value;
  const beside = threadPlace(place);
  return [...isTalk(place) ? [withoutThread(place)] : [], ...beside ? [beside] : []];
}

/** After a stretch that was taken up again: only what could not be asked for meanwhile is missing. */
export function reloadMissing(state: ChatState): void {
  for (const place of openTalks(state)) loadMissing(state, place);
}

/** After a lost stretch: what is held may have gaps, so the open channel is taken anew. */
export function reloadOpen(state: ChatState): void {
  const place = state.place.value;
  const beside = threadPlace(place);
  const open = [...isTalk(place) ? [placeKey(place)] : [], ...beside ? [placeKey(beside)] : []];
  for (const [key, window] of state.windows) {
    if (!open.includes(key) && window.value.pending.length === 0) state.windows.delete(key);
  }
  if (isTalk(place)) void loadSpan(state, { ...place, focus: null }, {});
  if (!beside) return;
  void loadSpan(state, { ...beside, focus: null }, {});
  void loadThread(state, beside);
}
