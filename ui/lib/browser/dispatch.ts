import { batch } from "@preact/signals";
import { UNREAD_COUNT_MAX } from "../../../core/api/shown.ts";
import type { ServerFrame } from "../../../core/api/gateway.ts";
import type { Message, MessageFrame } from "../../../core/api/message.ts";
import { personalMessage } from "../../../core/api/personal_message.ts";
import { authorOf } from "../format/author.ts";
import { t } from "../i18n/t.ts";
import { hearing, takeNotify } from "../store/attention.ts";
import { rememberAuthor, showAnswered } from "../store/held_messages.ts";
import { plainText } from "../store/links.ts";
import type { ChatState } from "../store/chat.ts";
import { isTalk, placeKey, refKey, refOfKey, threadPlace } from "../store/place.ts";
import { changeRoot, followBy, follows, takeOwnThread, takeThread } from "../store/threads.ts";
import { markStale, takeRead } from "../store/stale_reads.ts";
import { applyPoll } from "../store/polls.ts";
import { applyReaction, changeMessage, receiveMessage } from "../store/window.ts";
import { applyGuildFrame, keepStanding } from "./dispatch_guild.ts";
import { nearPeople } from "./near_presence.ts";
import { setRelationship } from "./relationships.ts";

type Dispatch = Extract<ServerFrame, { op: "dispatch" }>;

function readMessage(state: ChatState, frame: MessageFrame): Message {
  const key = refKey(frame);
  const held = state.windows.get(key)?.value.messages.find((message) => message.id === frame.id);
  const selfId = state.self.value.user.id;
  // A private channel is a room of its own, in which the guild's roles are nobody's.
  const guild = state.guilds.value.find((entry) => entry.id === frame.room_id);
  return personalMessage(frame, { userId: selfId, roles: guild?.me.roles ?? [] }, held);
}

function receive(state: ChatState, frame: MessageFrame): void {
  const message = readMessage(state, frame);
  const key = refKey(message);
  rememberAuthor(state, message);
  state.lastHeard.set(key, message.id);
  const window = state.windows.get(key);
  if (window) window.value = receiveMessage(window.value, message);
  if (message.thread_id === undefined) moveConversation(state, message);
  else followBy(state, message, message.thread_id);
  clearTyping(state, key, message.author.id);
  const selfId = state.self.value.user.id;
  const isNews = message.sealed?.quiet !== true && message.author.id !== selfId;
  if (!isNews || state.isBlocked(message.author.id)) return;
  if (message.thread_id === undefined || follows(state, message.thread_id)) {
    countUnread(state, message);
  }
  state.onMessage?.(message);
  const place = state.place.value;
  const beside = threadPlace(place);
  const open = isTalk(place) && placeKey(place) === key || beside && placeKey(beside) === key;
  // What is sealed is read out when it can be read.
  if (open && !message.sealed) {
    state.announcer?.add(t("log.said", {
      name: authorOf(message),
      text: message.body === "" ? t("log.file") : plainText(state, message.body.slice(0, 300)),
    }));
  }
}

/** The server counts too and is right; this only saves the way there and back. */
function countUnread(state: ChatState, message: Message): void {
  const key = refKey(message);
  const held = state.reads.value.get(key);
  // The state came ahead of the message, or the message late: only the server knows which.
  if (held && message.order <= held.counted_to) return markStale(state, [key]);
  const one = hearing(state, message).pinged ? 1 : 0;
  state.reads.value = new Map(state.reads.value).set(key, {
    ...refOfKey(key),
    last_read_id: held?.last_read_id ?? null,
    unread: Math.min((held?.unread ?? 0) + 1, UNREAD_COUNT_MAX),
    mentions: Math.min((held?.mentions ?? 0) + one, UNREAD_COUNT_MAX),
    counted_to: message.order,
  });
}

/** What was said last decides the place of a conversation among the others. */
function moveConversation(state: ChatState, message: Message): void {
  if (!state.dms.value.some((dm) => dm.room_id === message.room_id)) return;
  state.dms.value = state.dms.value
    .map((dm) =>
      dm.room_id === message.room_id
        ? { ...dm, last_message_id: message.id, last_ts: message.origin_ts }
        : dm
    )
    .sort((a, b) => b.last_ts - a.last_ts);
}

function change(state: ChatState, message: Message): void {
  const key = refKey(message);
  updateHeld(state, key, message.id, () => message);
  showAnswered(state, message);
  // Whether it was among the unread ones only the server knows.
  if (message.redacted && (state.reads.value.get(key)?.unread ?? 0) > 0) markStale(state, [key]);
}

function clearTyping(state: ChatState, key: string, userId: string): void {
  const typists = state.typing.value.get(key);
  if (!typists?.some((typist) => typist.user.id === userId)) return;
  state.typing.value = new Map(state.typing.value).set(
    key,
    typists.filter((typist) => typist.user.id !== userId),
  );
}

/** A held message changed, in whichever windows hold it. */
export function updateHeld(
  state: ChatState,
  key: string,
  id: string,
  change: (message: Message) => Message,
): void {
  const window = state.windows.get(key);
  if (window) window.value = changeMessage(window.value, id, change);
}

/** A held message of a channel or of one of its threads changed, maybe one that a thread is about. */
export function updateAnywhere(
  state: ChatState,
  channelKey: string,
  id: string,
  change: (message: Message) => Message,
): void {
  for (const key of state.windows.keys()) {
    if (key === channelKey || key.startsWith(`${channelKey}/`)) {
      updateHeld(state, key, id, change);
    }
  }
  changeRoot(state, id, change);
}

function apply(state: ChatState, frame: Dispatch): void {
  switch (frame.t) {
    case "message.create":
      return receive(state, frame.d);
    case "message.update":
      return change(state, readMessage(state, frame.d));
    case "message.poll":
      return updateAnywhere(
        state,
        refKey(frame.d),
        frame.d.message_id,
        (message) => applyPoll(message, frame.d, state.self.value.user.id),
      );
    case "message.reaction": {
      const { d } = frame;
      const mine = d.user_id === state.self.value.user.id;
      // It may stand in a thread of the channel: the frame does not say.
      return updateAnywhere(state, refKey(d), d.message_id, (message) =>
        applyReaction(message, {
          key: d.key,
          userId: d.user_id,
          added: d.added,
          count: d.count,
          mine,
        }));
    }
    case "thread.update":
      return takeThread(state, frame.d);
    case "thread.own":
      return takeOwnThread(state, frame.d);
    case "read.update":
      return takeRead(state, frame.d);
    case "notify.update":
      return takeNotify(state, frame.d);
    case "quiet.update":
      state.quiet.value = frame.d;
      return;
    case "typing": {
      if (frame.d.user.id === state.self.value.user.id) return;
      const now = Date.now();
      const key = refKey(frame.d);
      // Whoever has stopped elsewhere goes: any member names as many threads as they like.
      const typing = new Map(
        [...state.typing.value].filter(([, typists]) => typists.some(({ until }) => until > now)),
      );
      const others = (typing.get(key) ?? []).filter(({ user }) => user.id !== frame.d.user.id);
      typing.set(key, [...others, { user: frame.d.user, until: now + 10_000 }]);
      state.typing.value = typing;
      return;
    }
    case "presence":
      state.presences.value = new Map(state.presences.value).set(
        frame.d.user_id,
        frame.d.presence,
      );
      return;
    case "relationship.update":
      return setRelationship(state, frame.d);
    case "self.update":
      state.self.value = frame.d;
      return;
    default:
      applyGuildFrame(state, frame);
      state.voice.hear(frame);
  }
}

/** Whose presence was asked for: who is absent from the answer is not there. */
function askedFor(state: ChatState, guildId: string | null): readonly string[] {
  if (guildId === null) return nearPeople(state);
  return state.members.value.get(guildId)?.members.map(({ user }) => user.id) ?? [];
}

/** Applies one frame of the gateway to what is shown. */
export function applyFrame(state: ChatState, frame: ServerFrame): void {
  batch(() => {
    if (frame.op === "ready") {
      const { dms, invitations } = frame.d;
      keepStanding(state, new Set([...dms, ...invitations].map((each) => each.room_id)));
      state.takeSnapshot(frame.d);
    }
    if (frame.op === "resumed") {
      state.position = frame.d.position;
      // Whoever is in a channel now is told next.
      state.voice.takeSnapshot([]);
    }
    if (frame.op === "heartbeat_ack" && frame.d.position !== null) {
      state.position = frame.d.position;
    }
    if (frame.op === "presences") {
      const presences = new Map(state.presences.value);
      for (const id of askedFor(state, frame.d.guild_id)) {
        presences.set(id, frame.d.presences[id] ?? "offline");
      }
      for (const [id, presence] of Object.entries(frame.d.presences)) presences.set(id, presence);
      state.presences.value = presences;
    }
    if (frame.op === "dispatch") {
      apply(state, frame);
      if (frame.pos !== undefined) state.position = frame.pos;
    }
  });
}
