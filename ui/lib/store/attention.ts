import type { Channel } from "../../../core/api/channel.ts";
import type { Dm } from "../../../core/api/gateway.ts";
import type { Guild } from "../../../core/api/guild.ts";
import type { Message } from "../../../core/api/message.ts";
import type { NotifySetting } from "../../../core/api/notify.ts";
import type { Thread } from "../../../core/api/thread.ts";
import {
  type Attention,
  attentionOf,
  isDefault,
  pings,
  threadLevel,
} from "../../../core/rules/notify.ts";
import type { ChatState } from "./chat.ts";
import { notifyKey, type NotifyPlace } from "./notify_places.ts";
import { follows, threadsUnder } from "./threads.ts";
import { markPinged } from "./stale_reads.ts";
import { channelUnread, type Unread, unreadOf } from "./unread.ts";

/** What waits in a place as it is shown: nothing new where it is muted. */
export interface Shown extends Unread {
  readonly muted: boolean;
}

export function settingOf(
  state: ChatState,
  place: Pick<NotifyPlace, "roomId" | "channelId">,
): NotifySetting | undefined {
  return state.notify.value.get(notifyKey(place.roomId, place.channelId));
}

/** Takes in what was chosen here or on another device. */
export function takeNotify(state: ChatState, setting: NotifySetting): void {
  const key = notifyKey(setting.room_id, setting.channel_id);
  const before = state.notify.value.get(key);
  const next = new Map(state.notify.value);
  if (isDefault(setting)) next.delete(key);
  else next.set(key, setting);
  state.notify.value = next;
  const other = (name: "suppress_everyone" | "suppress_roles") =>
    (before?.[name] ?? false) !== setting[name];
  if (!other("suppress_everyone") && !other("suppress_roles")) return;
  const guild = state.guilds.value.find((each) => each.id === setting.room_id);
  if (guild) markPinged(state, guild);
}

/** What holds in a place. Follows the clock only where something ends. */
export function attentionIn(state: ChatState, place: NotifyPlace): Attention {
  const guild = place.guildId === null
    ? undefined
    : settingOf(state, { roomId: place.guildId, channelId: null });
  const own = place.channelId === null ? undefined : settingOf(state, place);
  const ends = (guild?.muted_until ?? own?.muted_until ?? null) !== null;
  return attentionOf({ guild, own }, {
    conversation: place.guildId === null,
    nowMs: ends ? state.now.value : 0,
  });
}

function shown({ level, muted }: Attention, { unread, mentions }: Unread): Shown {
  return { unread: muted ? 0 : unread, mentions: level === "nothing" ? 0 : mentions, muted };
}

export function channelShown(
  state: ChatState,
  guildId: string,
  channel: Pick<Channel, "room_id" | "id">,
): Shown {
  const place = { roomId: channel.room_id, channelId: channel.id, guildId };
  return shown(attentionIn(state, place), channelUnread(state.reads.value, channel));
}

/** What waits in several channels of a guild, and in the threads of them that are followed. */
export function channelsShown(
  state: ChatState,
  guildId: string,
  channels: readonly Channel[],
): Unread {
  let unread = 0;
  let mentions = 0;
  for (const channel of channels) {
    const own = channelShown(state, guildId, channel);
    unread += own.unread;
    mentions += own.mentions;
    for (const thread of threadsUnder(state, channel)) {
      const inside = threadShown(state, guildId, thread);
      unread += inside.unread;
      mentions += inside.mentions;
    }
  }
  return { unread, mentions };
}

export function guildShown(state: ChatState, guild: Guild): Shown {
  return {
    ...channelsShown(state, guild.id, guild.channels),
    muted: attentionIn(state, { roomId: guild.id, channelId: null, guildId: guild.id }).muted,
  };
}

/** What comes in a conversation means the reader: all of it counts as mentions do. */
export function dmShown(state: ChatState, dm: Dm): Shown {
  const attention = attentionIn(state, {
    roomId: dm.room_id,
    channelId: dm.channel_id,
    guildId: null,
  });
  const { unread } = unreadOf(state.reads.value, dm);
  return shown(attention, { unread, mentions: attention.muted ? 0 : unread });
}

/** Who would like to be a friend of the reader. */
export function askingFriends(state: ChatState): number {
  let asking = 0;
  for (const { bond, blocked } of state.relationships.value.values()) {
    if (bond === "asks" && !blocked) asking++;
  }
  return asking;
}

/** Conversations as they are listed: none with somebody whom the reader has blocked. */
export function shownDms(state: ChatState): Dm[] {
  return state.dms.value.filter((dm) => dm.kind === "group" || !state.isBlocked(dm.user.id));
}

/** Conversations that wait for the reader, and who asks for one or for friendship. */
export function homeWaiting(state: ChatState): number {
  return shownDms(state).reduce(
    (sum, dm) => sum + dmShown(state, dm).mentions + (dm.state === "invited" ? 1 : 0),
    state.invitations.value.length + askingFriends(state),
  );
}

/** All that means the reader, wherever it is: where only one place is to be seen. */
export function waitingAnywhere(state: ChatState): number {
  return state.guilds.value.reduce(
    (sum, guild) => sum + guildShown(state, guild).mentions,
    homeWaiting(state),
  );
}

/** What waits anywhere, as it is shown. Mentions are those of channels alone. */
export function allShown(state: ChatState): Unread {
  let unread = 0;
  let mentions = 0;
  for (const guild of state.guilds.value) {
    const own = guildShown(state, guild);
    unread += own.unread;
    mentions += own.mentions;
  }
  for (const dm of state.dms.value) {
    unread += dmShown(state, dm).unread;
    mentions += unreadOf(state.reads.value, dm).mentions;
  }
  return { unread, mentions };
}

/** What waits in a thread: as in its channel, and nothing where that is muted. */
export function threadShown(state: ChatState, guildId: string | null, thread: Thread): Shown {
  const place = { roomId: thread.room_id, channelId: thread.channel_id, guildId };
  const waiting = unreadOf(state.reads.value, {
    room_id: thread.room_id,
    channel_id: thread.channel_id,
    thread_id: thread.id,
  });
  return shown(attentionIn(state, place), waiting);
}

/** Where a message is, and whether it counts as a mention there. */
export function hearing(
  state: ChatState,
  message: Pick<Message, "room_id" | "channel_id" | "thread_id" | "mentions">,
): { readonly attention: Attention; readonly pinged: boolean } {
  const guild = state.guilds.value.find((each) =>
    each.id === message.room_id ||
    each.channels.some((channel) => channel.room_id === message.room_id)
  );
  const around = attentionIn(state, {
    roomId: message.room_id,
    channelId: message.channel_id,
    guildId: guild?.id ?? null,
  });
  const attention = message.thread_id === undefined
    ? around
    : { ...around, level: threadLevel(around.level, follows(state, message.thread_id)) };
  const reader = {
    userId: state.self.value.user.id,
    // A private channel is a room of its own, in which the guild's roles are nobody's.
    roles: guild?.id === message.room_id ? guild.me.roles : [],
  };
  return { attention, pinged: pings(message.mentions, reader, attention) };
}
