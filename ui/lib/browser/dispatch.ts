import { batch } from "@preact/signals";
import type { ServerFrame } from "../../../core/api/gateway.ts";
import type { Message, MessageFrame } from "../../../core/api/message.ts";
import { personalMessage } from "../../../core/api/personal_message.ts";
import { nameOf } from "../format/names.ts";
import { t } from "../i18n/t.ts";
import { plainText } from "../store/links.ts";
import type { ChatState } from "../store/chat.ts";
import { isTalk, placeKey, refKey } from "../store/place.ts";
import { applyReaction, changeMessage, receiveMessage } from "../store/window.ts";
import { applyGuildFrame } from "./dispatch_guild.ts";

type Dispatch = Extract<ServerFrame, { op: "dispatch" }>;

function readMessage(state: ChatState, frame: MessageFrame): Message {
  const key = refKey(frame);
  const held = state.windows.get(key)?.value.messages.find((message) => message.id === frame.id);
  const selfId = state.self.value.user.id;
  const guild = state.guilds.value.find((entry) =>
    entry.id === frame.room_id ||
    entry.channels.some((channel) => channel.room_id === frame.room_id)
  );
  return personalMessage(frame, { userId: selfId, roles: guild?.me.roles ?? [] }, held);
}

function receive(state: ChatState, frame: MessageFrame): void {
  const message = readMessage(state, frame);
  const key = refKey(message);
  state.users.set(message.author.id, message.author);
  const window = state.windows.get(key);
  if (window) window.value = receiveMessage(window.value, message);
  clearTyping(state, key, message.author.id);
  const selfId = state.self.value.user.id;
  if (message.author.id === selfId) return;
  countUnread(state, message);
  const place = state.place.value;
  if (isTalk(place) && placeKey(place) === key) {
    state.announcement.value = t("log.said", {
      name: message.nickname ?? nameOf(message.author),
      text: message.body === "" ? t("log.file") : plainText(state, message.body.slice(0, 300)),
    });
  }
}

/** The server counts too and is right; this only saves the way there and back. */
function countUnread(state: ChatState, message: Message): void {
  const key = refKey(message);
  const held = state.reads.value.get(key);
  state.reads.value = new Map(state.reads.value).set(key, {
    room_id: message.room_id,
    channel_id: message.channel_id,
    last_read_id: held?.last_read_id ?? null,
    unread: (held?.unread ?? 0) + 1,
    mentions: (held?.mentions ?? 0) + (message.mentions_me ? 1 : 0),
  });
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

function apply(state: ChatState, frame: Dispatch): void {
  switch (frame.t) {
    case "message.create":
      return receive(state, frame.d);
    case "message.update": {
      const message = readMessage(state, frame.d);
      return updateHeld(state, refKey(message), message.id, () => message);
    }
    case "message.reaction": {
      const { d } = frame;
      const mine = d.user_id === state.self.value.user.id;
      return updateHeld(state, refKey(d), d.message_id, (message) =>
        applyReaction(message, {
          key: d.key,
          userId: d.user_id,
          added: d.added,
          count: d.count,
          mine,
        }));
    }
    case "read.update":
      state.reads.value = new Map(state.reads.value).set(refKey(frame.d), frame.d);
      return;
    case "typing": {
      if (frame.d.user.id === state.self.value.user.id) return;
      const key = refKey(frame.d);
      const others = (state.typing.value.get(key) ?? []).filter((typist) =>
        typist.user.id !== frame.d.user.id
      );
      const next = [...others, { user: frame.d.user, until: Date.now() + 10_000 }];
      state.typing.value = new Map(state.typing.value).set(key, next);
      return;
    }
    case "presence":
      state.presences.value = new Map(state.presences.value).set(
        frame.d.user_id,
        frame.d.presence,
      );
      return;
    case "self.update":
      state.self.value = frame.d;
      return;
    default:
      applyGuildFrame(state, frame);
  }
}

/** Applies one frame of the gateway to what is shown. */
export function applyFrame(state: ChatState, frame: ServerFrame): void {
  batch(() => {
    if (frame.op === "ready") state.takeSnapshot(frame.d);
    if (frame.op === "resumed") state.position = frame.d.position;
    if (frame.op === "heartbeat_ack" && frame.d.position !== null) {
      state.position = frame.d.position;
    }
    if (frame.op === "presences") {
      const presences = new Map(state.presences.value);
      for (const member of state.members.value.get(frame.d.guild_id)?.members ?? []) {
        presences.set(member.user.id, frame.d.presences[member.user.id] ?? "offline");
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
