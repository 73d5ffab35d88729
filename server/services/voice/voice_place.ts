import { isServerAllowed } from "../../../core/auth/server_acl.ts";
import { VOICE_LIMITS } from "../../../core/api/voice.ts";
import { OperationError } from "../../../core/errors.ts";
import type { ChannelId } from "../../../core/ids/channel_id.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { ServerName } from "../../../core/ids/server_name.ts";
import { serverOf, type UserId } from "../../../core/ids/user_id.ts";
import { holds } from "../../../core/permissions/bits.ts";
import { contentOf, integerOf } from "../../rooms/content.ts";
import type { Room } from "../../rooms/room.ts";
import { isConversation } from "../dms/is_conversation.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openChannel } from "../chat/place.ts";
import { notHeldHere } from "./refusals.ts";

/** A voice channel as somebody finds it. */
export interface VoicePlace {
  readonly room: Room;
  readonly channelId: ChannelId;
  /** The rights there of who asked. */
  readonly rights: bigint;
}

/**
 * A voice channel that the user may see, or a conversation, whichever server holds its calls.
 * @throws OperationError `not_found`, `invalid` for another kind
 */
export async function findVoicePlace(
  deps: Pick<ChatDeps, "rooms" | "clock" | "serverName">,
  userId: UserId,
  raw: { readonly roomId: string; readonly channelId: string },
): Promise<VoicePlace> {
  const place = await openChannel(deps, userId, raw);
  if (!isCallPlace(place.room, place.channelId)) {
    throw new OperationError("invalid", "This is no voice channel: nobody can talk in it.", {
      details: { field: "channel_id" },
    });
  }
  return place;
}

/** Whether people can talk there at all. */
export function isCallPlace(room: Pick<Room, "authority">, channelId: ChannelId): boolean {
  const channel = room.authority.channel(channelId);
  return channel?.kind === "voice" || channel !== undefined && isConversation(room);
}

/**
 * A voice channel whose calls this server holds.
 * @throws OperationError `not_found`, `invalid`
 */
export async function openVoicePlace(
  deps: Pick<ChatDeps, "rooms" | "clock" | "serverName">,
  userId: UserId,
  raw: { readonly roomId: string; readonly channelId: string },
): Promise<VoicePlace> {
  const place = await findVoicePlace(deps, userId, raw);
  // Of another server's calls this one knows as little as of a channel that is not there.
  if (homeOf(place.room) !== deps.serverName) throw notHeldHere();
  return place;
}

/**
 * The server that holds a channel's calls: the one of who made the room. Of a conversation that
 * all people of that one have left, it is the owner's, or of those there the first by name.
 */
export function homeOf({ authority }: Pick<Room, "authority">): ServerName {
  const home = serverOf(authority.room.creator);
  if (!isConversation({ authority })) return home;
  const servers = authority.joinedServers();
  if (servers.has(home) || servers.size === 0) return home;
  const owner = authority.owner();
  if (owner !== undefined && servers.has(serverOf(owner))) return serverOf(owner);
  return [...servers].sort()[0] ?? home;
}

/** What somebody may do in a voice channel now. */
export interface VoiceRights {
  readonly speak: boolean;
  readonly prioritize: boolean;
  readonly show: boolean;
  readonly bitrate: number;
}

/** Or why somebody may not even be in it. */
export async function voiceRights(
  deps: Pick<ChatDeps, "rooms" | "clock" | "serverName">,
  userId: UserId,
  { roomId, channelId }: { readonly roomId: RoomId; readonly channelId: ChannelId },
): Promise<VoiceRights | "closed" | "no_right"> {
  const room = await deps.rooms.open(roomId);
  if (room?.authority.isJoined(userId) !== true) return "no_right";
  const server = serverOf(userId);
  if (server !== deps.serverName && !isServerAllowed(room.authority.view, server)) {
    return "no_right";
  }
  if (room.authority.channel(channelId)?.closed !== false) return "closed";
  const rights = room.authority.rights(userId, channelId, deps.clock.now());
  if (!holds(rights, "VIEW_CHANNEL") || !holds(rights, "CONNECT")) return "no_right";
  return {
    speak: holds(rights, "SPEAK"),
    prioritize: holds(rights, "PRIORITY_SPEAKER"),
    show: holds(rights, "VIDEO"),
    bitrate: soundOf(room, channelId).bitrate,
  };
}

/** What the channel's settings say of its calls. `userLimit` 0: nothing. */
export function soundOf(
  { authority }: Pick<Room, "authority">,
  channelId: ChannelId,
): { readonly userLimit: number; readonly bitrate: number } {
  const meta = contentOf(authority.view.get("m.channel.meta", channelId));
  return {
    userLimit: integerOf(meta, "user_limit"),
    bitrate: integerOf(meta, "bitrate") || VOICE_LIMITS.defaultBitrate,
  };
}
