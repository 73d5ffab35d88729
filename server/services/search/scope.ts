import { mayStayInPrivate } from "../../../core/auth/private_room.ts";
import { OperationError } from "../../../core/errors.ts";
import { MAIN_CHANNEL } from "../../../core/ids/channel_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { holds } from "../../../core/permissions/bits.ts";
import { isHistoryJoined } from "../../../core/permissions/joined_history.ts";
import type { Room } from "../../rooms/room.ts";
import { roomNotFound } from "../../rooms/rooms.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openPrivateRooms } from "../chat/view_guild.ts";
import { isEncrypted } from "../e2ee/room_encryption.ts";
import type { SearchedChannel } from "./message_index.ts";

/** Rooms in which a search looks, and the channels of them that the reader may see now. */
export interface Scope {
  readonly rooms: ReadonlyMap<string, Room>;
  readonly channels: readonly SearchedChannel[];
  /** Somewhere what was said is for those alone who were there: how much there is is not told. */
  readonly uncounted: boolean;
  readonly encrypted: number;
}

/** @throws OperationError `not_found`, `encrypted_room` */
export async function openScope(
  deps: Pick<ChatDeps, "sql" | "rooms" | "clock">,
  userId: UserId,
  rawId: string,
): Promise<Scope> {
  const room = await deps.rooms.openFor(userId, rawId);
  const { kind } = room.authority.room;
  const guild = await deps.rooms.guildOf(room);
  if (guild !== undefined && !mayStayInPrivate(room.authority, guild.authority, userId)) {
    throw roomNotFound();
  }
  if (isEncrypted(room.authority)) {
    throw new OperationError(
      "encrypted_room",
      "This conversation is encrypted: only your devices can search it.",
    );
  }
  const near = kind === "guild" ? await openPrivateRooms(deps, room, userId) : [];
  const staying = near.filter((each) => mayStayInPrivate(each.authority, room.authority, userId));
  const plain = staying.filter((each) => !isEncrypted(each.authority));
  const rooms = [room, ...plain];
  const atTs = deps.clock.now();
  return {
    rooms: new Map(rooms.map((each) => [each.id as string, each])),
    channels: rooms.flatMap((each) => visibleChannels(each, userId, atTs)),
    uncounted: rooms.some((each) => isHistoryJoined(each.authority)),
    encrypted: staying.length - plain.length,
  };
}

/**
 * Channels of a room whose past a reader may look at now.
 * Where history is for those who were there, nothing older than the reader's coming is looked at;
 * what he could not see since then is left out of what is found.
 */
export function visibleChannels(room: Room, userId: UserId, atTs: number): SearchedChannel[] {
  const sinceTs = isHistoryJoined(room.authority)
    ? room.authority.view.get("m.room.member", userId)?.pdu.origin_ts ?? atTs
    : 0;
  const ids = room.authority.room.kind === "guild"
    ? [...room.authority.channels()].filter(([, policy]) => !policy.closed).map(([id]) => id)
    : [MAIN_CHANNEL];
  return ids.filter((channelId) => {
    const rights = room.authority.rights(userId, channelId, atTs);
    return holds(rights, "VIEW_CHANNEL") && holds(rights, "READ_HISTORY");
  }).map((channelId) => ({ roomId: room.id, channelId, sinceTs }));
}
