import type { Dm } from "../../../core/api/gateway.ts";
import type { Guild } from "../../../core/api/guild.ts";
import type { Message } from "../../../core/api/message.ts";
import type { Thread } from "../../../core/api/thread.ts";
import { dmName } from "../format/dm_name.ts";
import { t } from "../i18n/t.ts";
import { channelShown, dmShown, threadShown } from "./attention.ts";
import type { ChatState } from "./chat.ts";
import { threadName } from "./links.ts";
import { placeOfChannel, refKey, type TalkPlace } from "./place.ts";
import { threadsUnder } from "./threads.ts";
import { type Unread, unreadOf } from "./unread.ts";

/** A channel, a conversation or, with a `root` in its place, a thread, as the inbox names it. */
export interface InboxPlace {
  readonly key: string;
  readonly place: TalkPlace;
  readonly name: string;
  /** Undefined for a conversation. */
  readonly guild: Guild | undefined;
  readonly dm: Dm | undefined;
  readonly lastMessageId: string | null;
}

export interface WaitingPlace extends InboxPlace {
  readonly unread: number;
  readonly mentions: number;
  /** `order` of the newest event there. */
  readonly newest: number;
}

/** Every place with messages that the viewer has, by its key. */
export function inboxPlaces(state: ChatState): ReadonlyMap<string, InboxPlace> {
  const places = new Map<string, InboxPlace>();
  for (const guild of state.guilds.value) {
    for (const channel of guild.channels) {
      if (channel.kind === "category") continue;
      const key = refKey({ room_id: channel.room_id, channel_id: channel.id });
      places.set(key, {
        key,
        place: placeOfChannel(guild, channel),
        name: t("inbox.in", { channel: channel.name, guild: guild.name }),
        guild,
        dm: undefined,
        lastMessageId: channel.last_message_id,
      });
    }
  }
  for (const dm of state.dms.value) {
    if (dm.state === "invited") continue;
    const { room_id: roomId, channel_id: channelId } = dm;
    places.set(refKey(dm), {
      key: refKey(dm),
      place: { kind: "dm", roomId, channelId, focus: null },
      name: dmName(dm, state.self.value.user.id),
      guild: undefined,
      dm,
      lastMessageId: dm.last_message_id,
    });
  }
  return places;
}

/** Places with something that the viewer has not read and wants to know of, the newest first. */
export function waitingPlaces(state: ChatState): WaitingPlace[] {
  const waiting: WaitingPlace[] = [];
  const add = (each: InboxPlace, { unread, mentions }: Unread) => {
    if (unread === 0 && mentions === 0) return;
    const newest = state.reads.value.get(each.key)?.counted_to ?? 0;
    waiting.push({ ...each, unread, mentions, newest });
  };
  for (const each of inboxPlaces(state).values()) {
    const { guild, dm, place } = each;
    if (dm !== undefined) add(each, ofConversation(state, dm));
    if (guild === undefined) continue;
    add(each, channelShown(state, guild.id, { room_id: place.roomId, id: place.channelId }));
    for (const thread of threadsUnder(state, { room_id: place.roomId, id: place.channelId })) {
      add(threadPlaceOf(state, each, thread), threadShown(state, guild.id, thread));
    }
  }
  return waiting.sort((a, b) => b.newest - a.newest);
}

/** A followed thread of a channel. */
function threadPlaceOf(state: ChatState, channel: InboxPlace, thread: Thread): InboxPlace {
  const { guild } = channel;
  return {
    ...channel,
    key: refKey({ ...thread, thread_id: thread.id }),
    place: { ...channel.place, root: thread.id },
    name: t("inbox.inThread", { thread: threadName(state, thread, guild), channel: channel.name }),
    lastMessageId: thread.last_id,
  };
}

/** All that comes in a conversation means the viewer: its mentions are told apart here. */
function ofConversation(state: ChatState, dm: Dm) {
  return {
    unread: dmShown(state, dm).unread,
    mentions: unreadOf(state.reads.value, dm).mentions,
  };
}

/**
 * Which of these mentions, the newest first, were not read: of each place the first so many as its
 * read state counts.
 */
export function newMentions(state: ChatState, messages: readonly Message[]): ReadonlySet<string> {
  const left = new Map<string, number>();
  const fresh = new Set<string>();
  for (const message of messages) {
    const key = refKey(message);
    const count = left.get(key) ?? unreadOf(state.reads.value, message).mentions;
    if (count > 0) fresh.add(message.id);
    left.set(key, count - 1);
  }
  return fresh;
}
