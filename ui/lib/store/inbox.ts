import type { Dm } from "../../../core/api/gateway.ts";
import type { Guild } from "../../../core/api/guild.ts";
import type { Message } from "../../../core/api/message.ts";
import { dmName } from "../format/dm_name.ts";
import { t } from "../i18n/t.ts";
import { channelShown, dmShown } from "./attention.ts";
import type { ChatState } from "./chat.ts";
import { placeOfChannel, refKey, type TalkPlace } from "./place.ts";
import { unreadOf } from "./unread.ts";

/** A channel or a conversation as the inbox names it. */
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
  for (const each of inboxPlaces(state).values()) {
    const { guild, dm, place } = each;
    const { unread, mentions } = guild === undefined
      ? dm === undefined ? { unread: 0, mentions: 0 } : ofConversation(state, dm)
      : channelShown(state, guild.id, { room_id: place.roomId, id: place.channelId });
    if (unread === 0 && mentions === 0) continue;
    const newest = state.reads.value.get(each.key)?.counted_to ?? 0;
    waiting.push({ ...each, unread, mentions, newest });
  }
  return waiting.sort((a, b) => b.newest - a.newest);
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
