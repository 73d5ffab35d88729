import type { PushPayload } from "../../core/api/push.ts";
import type { getPushNote } from "../../core/api/push.ts";
import type { z } from "zod";
import { inNoteTurn } from "../lib/browser/note_turns.ts";
import { thumbnailUrl } from "../lib/format/media_url.ts";
import { channelPath, dmPath, messagePath, threadPath } from "../lib/format/paths.ts";
import type { PushText, PushTexts } from "./push_texts.ts";
import { type OpenSealed, type ScriptScope, sealedScript } from "./sealed_script.ts";

/** Written in by the build. */
declare const TEXTS: PushTexts;

type Note = z.infer<NonNullable<typeof getPushNote.result>>;

/** A notification as it is shown, and where a press on it leads. */
export interface Shown {
  readonly title: string;
  readonly body: string;
  readonly path: string;
  /** Key of the place that the message is in: read there, it goes. */
  readonly place?: string;
  readonly icon?: string;
}

/** What the worker asks of open tabs. */
export type AskTab =
  | { readonly og: "told"; readonly room_id: string; readonly event_id: string }
  | { readonly og: "open"; readonly path: string };

interface Tab {
  readonly url: string;
  readonly focused: boolean;
  readonly visibilityState: string;
  focus(): Promise<unknown>;
  navigate(url: string): Promise<unknown>;
  postMessage(message: AskTab, ports: MessagePort[]): void;
}
/** A notification that is there. */
interface Noted {
  readonly title: string;
  readonly body: string;
  readonly icon: string;
  readonly data: Pick<Shown, "path" | "place">;
  close(): void;
}
interface Lasting {
  waitUntil(work: Promise<unknown>): void;
}
interface Pushed extends Lasting {
  readonly data: { json(): unknown } | null;
}
interface Pressed extends Lasting {
  readonly notification: { readonly data: { readonly path: string }; close(): void };
}
export interface PushScope extends ScriptScope {
  addEventListener(kind: "push", listener: (event: Pushed) => void): void;
  addEventListener(kind: "notificationclick", listener: (event: Pressed) => void): void;
  addEventListener(kind: "pushsubscriptionchange", listener: (event: Lasting) => void): void;
  readonly registration: {
    readonly pushManager: Pick<PushManager, "subscribe">;
    showNotification(title: string, options: object): Promise<void>;
    getNotifications(filter?: { readonly tag: string }): Promise<readonly Noted[]>;
  };
  readonly clients: {
    matchAll(options: object): Promise<readonly Tab[]>;
    openWindow(url: string): Promise<unknown>;
  };
  readonly navigator: { readonly language: string; setAppBadge?(count: number): Promise<void> };
}

/** A tab that is asked answers by then, or is taken to sleep (ms). */
const TAB_MS = 1500;
/** The server is asked no longer than this for what to show (ms). */
const NOTE_MS = 8000;
/** An encrypted message is told of without its text after this (ms). A push has half a minute. */
const SEALED_MS = 8000;
/** A tab that alone can open it has this much longer to answer (ms). */
const HELD_MS = 4000;
/** Tabs that are asked. */
const TABS_MAX = 4;
const ICON_PIXELS = 96;
const OWN_ICON = "/icon-192.png";

/** Shows what comes through the browser's push service, and leads to it. */
export function hearPushes(scope: PushScope): void {
  scope.addEventListener("push", (event) => event.waitUntil(take(scope, event)));
  scope.addEventListener("notificationclick", (event) => {
    event.notification.close();
    event.waitUntil(open(scope, event.notification.data.path));
  });
  scope.addEventListener("pushsubscriptionchange", (event) => {
    event.waitUntil(subscribeAgain(scope));
  });
}

/** The browser gave its subscription up, or another: the server learns the new one. */
async function subscribeAgain({ registration }: PushScope): Promise<void> {
  const credentials = "same-origin";
  const answer = await fetch("/client/v1/account/push", { credentials });
  const { key } = answer.ok ? await answer.json() as { key: string | null } : { key: null };
  // Nobody is signed in here any more, or the server tells no devices.
  if (key === null) return;
  const made = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: key,
  });
  const { endpoint, keys } = made.toJSON();
  await fetch("/client/v1/account/push", {
    method: "PUT",
    credentials,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ endpoint, p256dh: keys?.["p256dh"], auth: keys?.["auth"] }),
  });
}

/** It rings: said without a name, which only the server's page knows. Over, the notice goes. */
async function takeCall(scope: PushScope, { kind, room_id, missed }: PushPayload): Promise<void> {
  const tag = `ring ${room_id}`;
  const path = dmPath(room_id ?? "");
  if (kind === "call") {
    const tabs = await tabsOf(scope);
    if (tabs.some((tab) => tab.focused && tab.visibilityState === "visible")) return;
    const title = textIn(scope, null, "push.call");
    return await show(scope, tag, { title, body: "", path }, { requireInteraction: true });
  }
  const shown = await inNoteTurn(() => scope.registration.getNotifications({ tag }));
  if (missed === true && shown.length > 0) {
    const title = textIn(scope, null, "push.missed");
    return await show(scope, tag, { title, body: "", path }, { silent: true });
  }
  for (const note of shown) note.close();
}

async function take(scope: PushScope, event: Pushed): Promise<void> {
  const payload = payloadOf(event.data);
  if (payload?.kind === "trial") {
    return await show(scope, "og-trial", {
      title: textIn(scope, null, "notify.trialTitle"),
      body: textIn(scope, null, "notify.trialText"),
      path: "/settings/notifications",
    });
  }
  if (payload?.kind === "call" || payload?.kind === "call_over") {
    return await takeCall(scope, payload);
  }
  const tabs = await tabsOf(scope);
  // Somebody looks at these pages: they tell it themselves.
  if (tabs.some((tab) => tab.focused && tab.visibilityState === "visible")) return;
  const { room_id, event_id } = payload ?? {};
  if (room_id === undefined || event_id === undefined) return await showAnything(scope, "og-new");
  const ofTab = askTabs<Shown>(tabs, { og: "told", room_id, event_id });
  const told = await within(TAB_MS, ofTab);
  if (told) return await show(scope, event_id, told);
  const note = await readNote(room_id, event_id);
  if (note === undefined) return await showAnything(scope, event_id);
  if (note.read) return;
  const shown = shownOf(scope, note, event_id);
  if (!note.sealed) return await show(scope, event_id, shown);
  const opening = openSealed(scope, { roomId: room_id, eventId: event_id });
  // The device is closed in order, however long that takes; the notice does not wait for it.
  event.waitUntil(opening);
  const opened = await within(SEALED_MS, opening);
  if (typeof opened === "object") {
    const body = opened.text || textIn(scope, note.language, "log.file");
    return await show(scope, event_id, { ...shown, body });
  }
  const late = opened === "held" ? await within(HELD_MS, ofTab) : undefined;
  await (late ? show(scope, event_id, late) : showAgain(scope, event_id, shown));
}

/** What this browser's device reads: undefined where that is nothing, `held` where a tab can. */
async function openSealed(scope: PushScope, asked: Parameters<OpenSealed>[0]) {
  try {
    return await sealedScript(scope)?.(asked, AbortSignal.timeout(SEALED_MS));
  } catch {
    return undefined;
  }
}

function payloadOf(data: Pushed["data"]): PushPayload | undefined {
  try {
    return data?.json() as PushPayload;
  } catch {
    return undefined;
  }
}

async function tabsOf(scope: PushScope): Promise<readonly Tab[]> {
  return await scope.clients.matchAll({ type: "window", includeUncontrolled: true });
}

/** The first answer of an open tab: it can read what only devices can. */
async function askTabs<Answer>(tabs: readonly Tab[], ask: AskTab): Promise<Answer | undefined> {
  const answers = tabs.slice(0, TABS_MAX).map((tab) =>
    new Promise<Answer>((resolve, reject) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }) =>
        data === null ? reject(new Error("no answer")) : resolve(data);
      tab.postMessage(ask, [port2]);
    })
  );
  return await Promise.any(answers).catch(() => undefined);
}

/** What comes by then (ms), or undefined. */
async function within<Value>(
  ms: number,
  coming: Promise<Value | undefined>,
): Promise<Value | undefined> {
  const late = AbortSignal.timeout(ms);
  const ended = new Promise<undefined>((resolve) =>
    late.addEventListener("abort", () => resolve(undefined))
  );
  return await Promise.race([coming, ended]);
}

/** With the session of this browser; undefined where there is none, or nobody answers. */
async function readNote(roomId: string, eventId: string): Promise<Note | undefined> {
  const query = new URLSearchParams({ room_id: roomId, event_id: eventId });
  try {
    const answer = await fetch(`/client/v1/account/push/note?${query}`, {
      credentials: "same-origin",
      signal: AbortSignal.timeout(NOTE_MS),
    });
    return answer.ok ? await answer.json() as Note : undefined;
  } catch {
    return undefined;
  }
}

function shownOf(scope: PushScope, note: Note, eventId: string): Shown {
  const { guild, channel, author, thread_id: rootId } = note;
  const name = note.webhook
    ? textIn(scope, note.language, "user.webhookNamed").replace("{name}", () => note.name)
    : note.name;
  const around = guild ? channelPath(guild.id, channel) : dmPath(channel.room_id);
  const place = rootId === null ? around : threadPath(around, rootId);
  const inPlace = guild && textIn(scope, note.language, "notify.in")
    .replace("{name}", () => name)
    .replace("{place}", () => `#${channel.name}, ${guild.name}`);
  const said = note.text !== ""
    ? note.text
    : textIn(scope, note.language, note.sealed ? "sealed.new" : "log.file");
  return {
    title: inPlace ?? name,
    body: said,
    path: messagePath(place, eventId),
    // What is read of a thread is not read of its channel.
    ...(rootId === null ? { place: `${channel.room_id}/${channel.id}` } : {}),
    ...(author.avatar === null ? {} : { icon: thumbnailUrl(author.avatar, ICON_PIXELS) }),
  };
}

/** Browsers want something to be shown for each message of a push service. */
async function showAnything(scope: PushScope, tag: string): Promise<void> {
  await showAgain(scope, tag, { title: textIn(scope, null, "push.new"), body: "", path: "/home" });
}

/** Where a tab has told of it before, with more than is known here: that once more. */
async function showAgain(scope: PushScope, tag: string, shown: Shown): Promise<void> {
  const [before] = await inNoteTurn(() => scope.registration.getNotifications({ tag }));
  if (before === undefined) return await show(scope, tag, shown);
  const { title, body, icon, data } = before;
  await show(scope, tag, { title, body, icon, ...data }, { silent: true });
}

async function show(
  scope: PushScope,
  tag: string,
  { title, body, icon, ...data }: Shown,
  more: { readonly requireInteraction?: boolean; readonly silent?: boolean } = {},
): Promise<void> {
  const options = { body, tag, icon: icon ?? OWN_ICON, badge: OWN_ICON, data, ...more };
  const { length: count } = await inNoteTurn(async () => {
    await scope.registration.showNotification(title, options);
    return await scope.registration.getNotifications();
  });
  // Refused where the app is not installed; there is nothing to show then.
  await scope.navigator.setAppBadge?.(count).catch(() => undefined);
}

function textIn(scope: PushScope, language: string | null, key: PushText): string {
  const [code = ""] = (language ?? scope.navigator.language).split("-");
  return (TEXTS[code] ?? TEXTS["en"])?.[key] ?? "";
}

/** Goes to a place in a tab that is open, without loading it anew where it can do without. */
async function open(scope: PushScope, path: string): Promise<void> {
  const tabs = await tabsOf(scope);
  const tab = tabs.find((each) => each.visibilityState === "visible") ?? tabs[0];
  if (tab === undefined) return void await scope.clients.openWindow(path);
  await tab.focus().catch(() => undefined);
  const went = await within(TAB_MS, askTabs<boolean>([tab], { og: "open", path }));
  if (!went) await tab.navigate(path).catch(() => scope.clients.openWindow(path));
}
