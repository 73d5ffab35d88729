import { mayStayInPrivate } from "../../../core/auth/private_room.ts";
import { OperationError } from "../../../core/errors.ts";
import { type ChannelId, MAIN_CHANNEL, parseChannelId } from "../../../core/ids/channel_id.ts";
import { parseEventId } from "../../../core/ids/event_id.ts";
import type { EventId } from "../../../core/ids/event_id.ts";
import { parseTypedUserId, type UserId } from "../../../core/ids/user_id.ts";
import { holds, type Right } from "../../../core/permissions/bits.ts";
import { RIGHT_DESCRIPTIONS } from "../../../core/permissions/right_descriptions.ts";
import { roomNotFound } from "../../rooms/rooms.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "./chat_deps.ts";

/** A channel as a request names it, with its room open. */
export interface Place {
  readonly room: Room;
  readonly channelId: ChannelId;
  /** The caller's rights there, now. */
  readonly rights: bigint;
}

/** Throws `not_found` unless the room is a guild that the user has joined. */
export async function openGuild(
  deps: Pick<ChatDeps, "rooms">,
  userId: UserId,
  rawId: string,
): Promise<Room> {
  const room = await deps.rooms.openFor(userId, rawId);
  if (room.authority.room.kind !== "guild") throw roomNotFound();
  return room;
}

/**
 * A room with members to look at: a guild, or a private channel as who may see it.
 * @throws OperationError `not_found`
 */
export async function openPeople(
  deps: Pick<ChatDeps, "rooms" | "clock">,
  userId: UserId,
  rawId: string,
): Promise<Room> {
  const room = await deps.rooms.openFor(userId, rawId);
  const { kind } = room.authority.room;
  if (kind === "guild") return room;
  if (kind !== "private") throw roomNotFound();
  return (await openChannel(deps, userId, { roomId: rawId, channelId: MAIN_CHANNEL })).room;
}

/**
 * Throws `not_found` unless the user may see the channel: hidden and absent look alike. Whom the
 * guild of a private channel has sent away is out at once, wherever its custodian is.
 */
export async function openChannel(
  deps: Pick<ChatDeps, "rooms" | "clock">,
  userId: UserId,
  raw: { readonly roomId: string; readonly channelId: string },
): Promise<Place> {
  const room = await deps.rooms.openFor(userId, raw.roomId);
  const channelId = parseChannelId(raw.channelId) ??
    (raw.channelId === MAIN_CHANNEL ? MAIN_CHANNEL : undefined);
  if (channelId === undefined) throw roomNotFound();
  const guild = await deps.rooms.guildOf(room);
  const belongs = guild === undefined || mayStayInPrivate(room.authority, guild.authority, userId);
  const rights = belongs ? room.authority.rights(userId, channelId, deps.clock.now()) : 0n;
  if (!holds(rights, "VIEW_CHANNEL")) throw roomNotFound();
  return { room, channelId, rights };
}

/** Throws `forbidden` naming what is missing, in words. */
export function requireRight(rights: bigint, right: Right, action: string): void {
  if (holds(rights, right)) return;
  throw new OperationError(
    "forbidden",
    `You cannot ${action}: your roles lack "${right}" (${RIGHT_DESCRIPTIONS[right]}) here.`,
    { details: { right } },
  );
}

/** A user id from a request, as people type it too. Throws `not_found`. */
export function requireUserId(raw: string): UserId {
  const id = parseTypedUserId(raw);
  if (id !== undefined) return id;
  throw new OperationError(
    "not_found",
    `${JSON.stringify(raw.slice(0, 80))} is not a user; write @name@server.`,
  );
}

/** An event id from a request. Throws `not_found`. */
export function requireEventId(raw: string): EventId {
  const id = parseEventId(raw);
  if (id !== undefined) return id;
  throw messageNotFound();
}

export function messageNotFound(): OperationError {
  return new OperationError("not_found", "There is no such message here; it may be deleted.");
}
