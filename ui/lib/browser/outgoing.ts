import type { Message, MessageFrame, MessageMedia } from "../../../core/api/message.ts";
import { excerptOf } from "../../../core/api/shown.ts";
import { ApiError } from "../api/request.ts";
import { t } from "../i18n/t.ts";
import type { ChatState } from "../store/chat.ts";
import type { ReplyTarget } from "../store/composing.ts";
import { lockOf } from "../store/locked_media.ts";
import { OUTBOX_MAX, type OutboxRecord, type SendFailure } from "../store/outbox.ts";
import { placeKey, refKey, type TalkPlace } from "../store/place.ts";
import { type Pending, receiveMessage } from "../store/window.ts";
import { callApi, reasonOf } from "./browser_api.ts";
import { encryptByItself } from "./encrypt_by_itself.ts";
import { loadSpan } from "./history.ts";
import { Outbox } from "./outbox.ts";
import type { OutboxStore } from "./outbox_store.ts";
import { isEncrypted, privacyOf } from "./privacy.ts";
import { randomId } from "./random_id.ts";
import { showToast } from "./toast.ts";

/** A send that has not answered by then is tried again: its nonce makes that safe. */
const SEND_TIMEOUT_MS = 30_000;
const CHANNEL = "og-outbox";
const TURNED_MS = 1000;
/** The script of the store did not come: it is asked for again after this. */
const STORE_RETRY_MS = 2000;

/** What a person is about to say. */
export interface Outgoing {
  readonly body: string;
  readonly media: readonly MessageMedia[];
  readonly reply: ReplyTarget | null;
}

interface Desk {
  readonly outbox: Outbox;
  /** Shown already, not yet in the store. */
  readonly adding: Set<string>;
}

const desks = new WeakMap<ChatState, Desk>();

function deskOf(state: ChatState): Desk {
  let desk = desks.get(state);
  if (!desk) {
    desk = makeDesk(state);
    desks.set(state, desk);
  }
  return desk;
}

function makeDesk(state: ChatState): Desk {
  const channel = new BroadcastChannel(CHANNEL);
  const userId = state.self.value.user.id;
  const adding = new Set<string>();
  const store = openStore();
  const seal = async (record: OutboxRecord) =>
    (await privacyOf(state)).send(record, async (sealed) => {
      await (await store).update(record.nonce, (held) => ({ ...held, sealed }));
    });
  const outbox = new Outbox({
    userId,
    store,
    lock,
    send: async (record) => {
      // What was attached readable goes out so, as it says: the next message begins it.
      if (record.media.every(lockOf)) await encryptByItself(state, record.roomId);
      return await (isEncrypted(state, record.roomId) ? seal(record) : post(record));
    },
    explain,
    expired: t("outbox.expired"),
    now: () => Date.now(),
    after: (ms, act) => void setTimeout(act, ms),
    changed: (key, records) => showRecords(state, { key, records, adding }),
    sent: (record, message) => {
      const window = state.windowOf(record.key);
      window.value = receiveMessage(window.value, { ...message, nonce: record.nonce });
      markOffline(state, record.key, false);
    },
    away: (record) => markOffline(state, record.key, true),
    tell: (key) => channel.postMessage({ userId, key }),
  });
  channel.onmessage = ({ data }: MessageEvent<{ userId: string; key: string }>) => {
    if (data.userId !== userId) return;
    void outbox.show(data.key);
    // Should the tab that sends be closed meanwhile, this one goes on.
    void outbox.drain(data.key);
  };
  state.sendNow = () => void outbox.drainAll();
  return { outbox, adding };
}

/** The store's script comes after the page works: what is said meanwhile is shown, and waits. */
async function openStore(): Promise<OutboxStore> {
  for (;;) {
    try {
      const { openOutboxStore } = await import("./outbox_store.ts");
      return await openOutboxStore();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, STORE_RETRY_MS));
    }
  }
}

/** One tab of the browser at a time; where locks are unknown there is but this one to know of. */
async function lock(name: string, act: () => Promise<void>): Promise<void> {
  if (!navigator.locks) return await act();
  await navigator.locks.request(name, act);
}

function post(record: OutboxRecord): Promise<Message> {
  return callApi("sendMessage", {
    params: { room_id: record.roomId },
    body: {
      channel_id: record.channelId,
      ...(record.threadId === undefined ? {} : { thread_id: record.threadId }),
      body: record.body,
      media: record.media.map(({ uri, alt, spoiler }) => ({ uri, alt, spoiler })),
      reply_to: record.replyTo?.id ?? null,
      nonce: record.nonce,
    },
    timeoutMs: SEND_TIMEOUT_MS,
  });
}

/** Answers that say nothing about the message: it is sent again later. */
const AWAY = new Set<ApiError["code"]>(["offline", "unreadable", "unavailable", "unauthorized"]);

function explain(error: unknown): SendFailure {
  const known = error instanceof ApiError ? error : undefined;
  // Somebody began encryption a moment ago: the word of it is on its way.
  const wait = known?.code === "encrypted_room" && !known.details["final"]
    ? TURNED_MS
    : known?.details["retry_after_ms"];
  return {
    reason: reasonOf(error),
    away: known !== undefined && AWAY.has(known.code),
    unsent: known?.details["unsent"] === true,
    retryAfterMs: typeof wait === "number" ? wait : undefined,
  };
}

function showRecords(
  state: ChatState,
  change: { key: string; records: readonly OutboxRecord[]; adding: ReadonlySet<string> },
): void {
  const { key, records, adding } = change;
  const held = state.windows.get(key);
  if (!held && records.length === 0) return;
  const window = state.windowOf(key);
  const arrived = new Set(window.value.messages.map((message) => message.nonce));
  const former = window.value.pending;
  const fresh = former.filter((echo) =>
    adding.has(echo.nonce) && !records.some((record) => record.nonce === echo.nonce)
  );
  const stored = records.filter((record) => !arrived.has(record.nonce)).map((record): Pending => ({
    nonce: record.nonce,
    body: record.body,
    media: [...record.media],
    replyTo: record.replyTo,
    ts: record.ts,
    failed: record.failed ?? undefined,
    offline: former.find((echo) => echo.nonce === record.nonce)?.offline ?? false,
    holdUntil: record.holdUntil ?? undefined,
  }));
  window.value = { ...window.value, pending: [...stored, ...fresh] };
}

function markOffline(state: ChatState, key: string, offline: boolean): void {
  const window = state.windows.get(key);
  if (!window || window.value.pending.every((echo) => echo.offline === offline)) return;
  const pending = window.value.pending.map((echo) => ({ ...echo, offline }));
  window.value = { ...window.value, pending };
}

/** Shows a message at once, keeps it in the browser and sends it. */
export function sendMessage(state: ChatState, place: TalkPlace, outgoing: Outgoing): void {
  const { outbox, adding } = deskOf(state);
  const { reply } = outgoing;
  const key = placeKey(place);
  const record: OutboxRecord = {
    nonce: randomId(),
    userId: state.self.value.user.id,
    key,
    roomId: place.roomId,
    channelId: place.channelId,
    ...(place.root === undefined ? {} : { threadId: place.root }),
    body: outgoing.body,
    media: [...outgoing.media],
    replyTo: reply && {
      id: reply.id,
      author: reply.author,
      ...(reply.webhook && { webhook: true as const }),
      excerpt: excerptOf({
        body: reply.body,
        files: reply.media.length,
        gone: reply.redacted !== null,
      }),
    },
    ts: outbox.stamp(),
    triedTs: null,
    holdUntil: null,
    failed: null,
    secret: isEncrypted(state, place.roomId) || undefined,
  };
  const window = state.windowOf(key);
  const echo: Pending = {
    nonce: record.nonce,
    body: record.body,
    media: [...record.media],
    replyTo: record.replyTo,
    ts: record.ts,
    failed: undefined,
    offline: false,
    holdUntil: undefined,
  };
  adding.add(record.nonce);
  window.value = { ...window.value, pending: [...window.value.pending, echo] };
  if (window.value.hasAfter) void loadSpan(state, place, {});
  void outbox.add(record).then((kept) => {
    adding.delete(record.nonce);
    if (kept) return;
    showToast(state, t("outbox.full", { n: OUTBOX_MAX }), true);
    void outbox.show(key);
    returnToComposer(state, key, record);
  });
}

export function retryPending(state: ChatState, place: TalkPlace, pending: Pending): void {
  void deskOf(state).outbox.retry({ nonce: pending.nonce, key: placeKey(place) });
}

export function discardPending(state: ChatState, place: TalkPlace, pending: Pending): void {
  void deskOf(state).outbox.discard({ nonce: pending.nonce, key: placeKey(place) });
}

/** Takes a message that did not go out back into the box, to be changed and sent anew. */
export function editPending(state: ChatState, place: TalkPlace, pending: Pending): void {
  discardPending(state, place, pending);
  returnToComposer(state, placeKey(place), pending);
}

function returnToComposer(
  state: ChatState,
  key: string,
  back: Pick<OutboxRecord, "body" | "media" | "replyTo">,
): void {
  state.returned.value = {
    key,
    body: back.body,
    media: back.media,
    reply: back.replyTo?.author
      ? {
        id: back.replyTo.id,
        author: back.replyTo.author,
        nickname: null,
        body: back.replyTo.excerpt ?? "",
        media: [],
        redacted: null,
      }
      : null,
  };
}

/** The gateway shows a message of one's own: whatever became of the answer, it has arrived. */
export function confirmSent(state: ChatState, message: MessageFrame): void {
  const { nonce } = message;
  if (nonce !== undefined) void deskOf(state).outbox.confirm({ nonce, key: refKey(message) });
}

/** Sends what waits, now that there is a connection. */
export function sendWaiting(state: ChatState): void {
  void deskOf(state).outbox.drainAll();
}

/** Takes up what an earlier visit left unsent. */
export function startOutbox(state: ChatState): void {
  void deskOf(state).outbox.start();
}
