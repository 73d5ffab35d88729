import { effect, signal } from "@preact/signals";
import type { Message } from "../../../core/api/message.ts";
import type { Preferences } from "../../../core/api/preferences.ts";
import { authorOf } from "../format/author.ts";
import { faceOf } from "../format/names.ts";
import { thumbnailUrl } from "../format/media_url.ts";
import { channelPath, dmPath, messagePath, threadPath } from "../format/paths.ts";
import { t } from "../i18n/t.ts";
import { quietEnd } from "../../../core/rules/quiet.ts";
import { isTold } from "../../../core/rules/notify.ts";
import { hearing } from "../store/attention.ts";
import type { ChatState } from "../store/chat.ts";
import { plainText } from "../store/links.ts";
import { refKey } from "../store/place.ts";
import { callApi } from "./browser_api.ts";
import { followPath } from "./history.ts";
import { inNoteTurn } from "./note_turns.ts";
import { privacyOf } from "./privacy.ts";
import { notifyOfRings } from "./notify_ring.ts";
import type { AskTab, Shown } from "../../sw/push.ts";
import { playSound } from "./notify_sound.ts";

const BODY_CHARS = 180;
const ICON_PIXELS = 96;
/** A notification does not wait longer than this for a text to be opened. */
const OPEN_MS = 4000;
/** While one tab holds a message, no other tab makes a sound for it. */
const HELD_MS = 3000;

/**
 * Notifies of what comes while nobody looks at the page, calls too, as the account has chosen for
 * each place. Returns the end of it.
 */
export function startNotifications(state: ChatState): () => void {
  const preferences = signal<Preferences | undefined>(undefined);
  const read = () =>
    callApi("getPreferences").then((found) => preferences.value = found, () => undefined);
  const known = read();
  // Whoever goes away may have chosen otherwise in another tab.
  const onChange = () => {
    if (document.hidden) void read();
  };
  document.addEventListener("visibilitychange", onChange);
  state.onMessage = (message) => {
    // Judged as it comes; what comes before the preferences is told of once they are known.
    if (!isDue(state, message)) return;
    void known.then(() => preferences.value && notify(state, message, preferences.value));
  };
  const endRings = notifyOfRings(
    state,
    () => preferences.value?.notify_desktop === true && !isLooking() && isAllowed(),
  );
  const endAnswers = answerWorker(state);
  const endClosing = closeRead(state);
  return () => {
    endClosing();
    endAnswers();
    endRings();
    document.removeEventListener("visibilitychange", onChange);
    state.onMessage = undefined;
  };
}

function isDue(state: ChatState, message: Message): boolean {
  if (isLooking()) return false;
  if (state.self.value.presence === "dnd") return false;
  // A page in the background follows the clock by the minute at most: it is read anew.
  if (quietEnd(state.quiet.value, Date.now()) !== null) return false;
  const { attention, pinged } = hearing(state, message);
  return isTold(attention, pinged);
}

function isLooking(): boolean {
  return document.visibilityState === "visible" && document.hasFocus();
}

function isAllowed(): boolean {
  return Notification.permission === "granted";
}

function isConversation(state: ChatState, message: Message): boolean {
  return state.dms.value.some((dm) => dm.room_id === message.room_id);
}

async function notify(state: ChatState, message: Message, chosen: Preferences): Promise<void> {
  if (chosen.notify_desktop && isAllowed()) {
    await show(state, message.sealed ? await opened(state, message) : message);
  }
  if (!chosen.notify_sound) return;
  // Pages that are not secure have no locks: each tab makes its sound.
  if (!navigator.locks) return playSound();
  const options = { ifAvailable: true };
  await navigator.locks.request(`og-sound-${message.id}`, options, async (lock) => {
    if (lock === null) return;
    playSound();
    await new Promise((resolve) => setTimeout(resolve, HELD_MS));
  });
}

/** An encrypted message as this device reads it, or as it came where it cannot. */
async function opened(state: ChatState, message: Message): Promise<Message> {
  const late = new Promise<Message>((resolve) => setTimeout(resolve, OPEN_MS, message));
  const open = privacyOf(state).then((privacy) => privacy.openAll([message]));
  const [found] = await Promise.race([open.catch(() => [message]), late.then((one) => [one])]);
  return found ?? message;
}

/**
 * The same message shown by two tabs, or by the worker too, is one notification: they have the same
 * tag, and are the worker's. Phones show no others, and elsewhere those of pages stand beside them.
 */
async function show(state: ChatState, message: Message): Promise<void> {
  const { title, body, icon, ...data } = shownOf(state, message);
  const options = { body, tag: message.id, ...(icon === undefined ? {} : { icon }) };
  const registration = await navigator.serviceWorker?.getRegistration();
  if (registration?.active) {
    return await inNoteTurn(() => registration.showNotification(title, { ...options, data }));
  }
  const shown = new Notification(title, options);
  shown.onclick = () => {
    globalThis.focus();
    shown.close();
    if (!followPath(state, data.path)) location.assign(data.path);
  };
}

function shownOf(state: ChatState, message: Message): Shown {
  const name = authorOf(message);
  const place = placeOf(state, message);
  const face = faceOf(message);
  return {
    title: place.guild === undefined ? name : t("notify.in", { name, place: place.guild }),
    body: message.body === ""
      ? t(message.sealed && message.media.length === 0 ? "sealed.new" : "log.file")
      : plainText(state, message.body.slice(0, BODY_CHARS)),
    path: place.path,
    place: refKey(message),
    ...(face === null ? {} : { icon: thumbnailUrl(face, ICON_PIXELS) }),
  };
}

/** What the worker showed of a place that was read meanwhile, here or on another device, goes. */
function closeRead(state: ChatState): () => void {
  return effect(() => {
    const reads = state.reads.value;
    void navigator.serviceWorker?.getRegistration().then(async (registration) => {
      for (
        const note of await inNoteTurn(async () => await registration?.getNotifications() ?? [])
      ) {
        const { place } = (note.data ?? {}) as Partial<Shown>;
        if (place !== undefined && reads.get(place)?.unread === 0) note.close();
      }
    }).catch(() => undefined);
  });
}

/** The worker was told of a message and asks what this tab can read of it, or leads to a place. */
function answerWorker(state: ChatState): () => void {
  if (!("serviceWorker" in navigator)) return () => undefined;
  const onMessage = async ({ data, ports: [port] }: MessageEvent<AskTab>) => {
    if (data?.og === "open") return port?.postMessage(followPath(state, data.path) || null);
    if (data?.og !== "told") return;
    try {
      const { room_id, event_id } = data;
      const message = await callApi("getMessage", { params: { room_id, event_id } });
      port?.postMessage(
        shownOf(state, message.sealed ? await opened(state, message) : message),
      );
    } catch {
      port?.postMessage(null);
    }
  };
  navigator.serviceWorker.addEventListener("message", onMessage);
  navigator.serviceWorker.startMessages();
  return () => navigator.serviceWorker.removeEventListener("message", onMessage);
}

function placeOf(state: ChatState, message: Message): { guild?: string; path: string } {
  if (isConversation(state, message)) {
    return { path: pathIn(dmPath(message.room_id), message) };
  }
  for (const guild of state.guilds.value) {
    const channel = guild.channels.find((each) =>
      each.room_id === message.room_id && each.id === message.channel_id
    );
    if (channel === undefined) continue;
    return {
      guild: `#${channel.name}, ${guild.name}`,
      path: pathIn(channelPath(guild.id, channel), message),
    };
  }
  return { path: "/home" };
}

function pathIn(place: string, { id, thread_id: rootId }: Message): string {
  return messagePath(rootId === undefined ? place : threadPath(place, rootId), id);
}
