import { OWN_THREADS_MAX } from "../../../core/api/shown.ts";
import type { ReadState } from "../../../core/api/channel.ts";
import { mayStayInPrivate } from "../../../core/auth/private_room.ts";
import type { ChannelId } from "../../../core/ids/channel_id.ts";
import type { EventId } from "../../../core/ids/event_id.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { attentionOf } from "../../../core/rules/notify.ts";
import type { WaitingFor, WaitingPlace } from "../../../ui/lib/mail/mail_parts.ts";
import { channelPath } from "../../../ui/lib/format/paths.ts";
import { contentOf, textOf } from "../../rooms/content.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { isConversation } from "../dms/is_conversation.ts";
import { isEncrypted } from "../e2ee/room_encryption.ts";
import { channelName } from "../guilds/project_guild.ts";
import { openJoinedRooms, withoutMoved } from "../guilds/list_guilds.ts";
import { findNotifySettings } from "../notify/notify_rows.ts";
import { readStates, threadReadStates } from "../reads/read_states.ts";
import { readableChannels } from "../sync/standing.ts";
import { findOwnThreads } from "../threads/thread_rows.ts";

/** Places that a mail names; of the others it says how many there are. */
const PLACES_MAX = 20;

type WaitingDeps = Pick<ChatDeps, "sql" | "rooms" | "clock" | "serverName" | "publicUrl">;
interface Readable {
  readonly room: Room;
  readonly channelIds: readonly ChannelId[];
}

/**
 * What came after a time, needs the user and is unread: mentions in channels, everything in
 * conversations, as levels and mutes say. Names none of the people, and neither private channels
 * nor conversations. Undefined where there is nothing.
 */
export async function waitingFor(
  deps: WaitingDeps,
  userId: UserId,
  afterTs: number,
): Promise<WaitingFor | undefined> {
  const readable = await readableRooms(deps, userId);
  const settings = await findNotifySettings(deps.sql, userId);
  const states = [
    ...await readStates(deps, userId, readable, { after: afterTs }),
    ...await threadStates(deps, userId, { readable, afterTs }),
  ];
  const byRoom = new Map(readable.map(({ room }) => [room.id as string, room]));
  const named = new Map<string, WaitingPlace>();
  const conversations = new Set<string>();
  const hidden = new Set<string>();
  for (const state of states) {
    const room = byRoom.get(state.room_id);
    if (room === undefined) continue;
    const count = needing(room, state, { settings, nowMs: deps.clock.now() });
    if (count === 0) continue;
    if (isConversation(room)) conversations.add(room.id);
    else if (room.authority.room.kind !== "guild" || isEncrypted(room.authority)) {
      hidden.add(room.id);
    } else {
      const key = `${state.room_id}/${state.channel_id}`;
      const before = named.get(key)?.mentions ?? 0;
      named.set(key, placeOf(deps, room, { state, mentions: before + count }));
    }
  }
  if (named.size + conversations.size + hidden.size === 0) return undefined;
  const places = [...named.values()].sort((a, b) => b.mentions - a.mentions);
  return {
    places: places.slice(0, PLACES_MAX),
    more: Math.max(0, places.length - PLACES_MAX),
    conversations: conversations.size,
    hidden: hidden.size,
  };
}

/** How many messages of a place want the user's attention. */
function needing(
  room: Room,
  { room_id, channel_id, thread_id, unread, mentions }: ReadState,
  { settings, nowMs }: {
    readonly settings: Awaited<ReturnType<typeof findNotifySettings>>;
    readonly nowMs: number;
  },
): number {
  const { kind, guild } = room.authority.room;
  const guildId = kind === "guild" ? room.id : guild ?? null;
  const conversation = isConversation(room);
  const { level, muted } = attentionOf({
    guild: settings.find((each) => each.room_id === guildId && each.channel_id === null),
    own: settings.find((each) => each.room_id === room_id && each.channel_id === channel_id),
  }, { conversation, nowMs });
  if (muted || level === "nothing") return 0;
  return conversation && level === "all" && thread_id === undefined ? unread : mentions;
}

function placeOf(
  { publicUrl }: WaitingDeps,
  { id, authority }: Room,
  { state, mentions }: { readonly state: ReadState; readonly mentions: number },
): WaitingPlace {
  const channelId = state.channel_id as ChannelId;
  return {
    guild: textOf(contentOf(authority.view.get("m.guild.meta", "")), "name") ?? "",
    channel: channelName(authority, channelId),
    mentions,
    url: publicUrl + channelPath(id, { room_id: id, id: channelId, private: false }),
  };
}

/** Rooms and channels that the user may read now; private ones as long as their guild says so. */
async function readableRooms(deps: WaitingDeps, userId: UserId): Promise<Readable[]> {
  const kinds = ["guild", "private", "dm", "group_dm"] as const;
  const rooms = withoutMoved(await openJoinedRooms(deps, userId, kinds));
  const nowMs = deps.clock.now();
  const readable: Readable[] = [];
  for (const room of rooms) {
    const guild = await deps.rooms.guildOf(room);
    if (guild !== undefined && !mayStayInPrivate(room.authority, guild.authority, userId)) continue;
    const channelIds = readableChannels(room, userId, nowMs).filter((id) =>
      room.authority.channel(id)?.kind !== "category"
    );
    readable.push({ room, channelIds });
  }
  return readable;
}

/** Of the threads that the user follows. */
async function threadStates(
  deps: WaitingDeps,
  userId: UserId,
  { readable, afterTs }: { readonly readable: readonly Readable[]; readonly afterTs: number },
): Promise<ReadState[]> {
  const held = await findOwnThreads(deps.sql, userId, {
    nowMs: deps.clock.now(),
    limit: OWN_THREADS_MAX,
  });
  const threads = held.flatMap(({ room_id, channel_id, root_id, following }) => {
    const place = readable.find(({ room }) => room.id === room_id as RoomId);
    const channelId = place?.channelIds.find((id) => id === channel_id);
    return place === undefined || channelId === undefined || !following
      ? []
      : [{ room: place.room, channelId, rootId: root_id as EventId }];
  });
  return await threadReadStates(deps, userId, threads, { after: afterTs });
}
