import type { Invitation } from "../../../core/api/invitations.ts";
import { OperationError } from "../../../core/errors.ts";
import { MAIN_CHANNEL } from "../../../core/ids/channel_id.ts";
import { parseRoomId, type RoomId } from "../../../core/ids/room_id.ts";
import { serverOf, type UserId } from "../../../core/ids/user_id.ts";
import {
  dropReceivedInvite,
  findReceivedInvite,
  listReceivedInvites,
  type ReceivedInviteRow,
} from "../../federation/received_invites.ts";
import { openResident } from "../../federation/resident_rooms.ts";
import { contentOf, textOf } from "../../rooms/content.ts";
import type { Room } from "../../rooms/room.ts";
import { roomNotFound } from "../../rooms/rooms.ts";
import { joinRoom } from "../channels/join_room.ts";
import { requireGuildPlace } from "../guilds/joined_guilds.ts";
import { requireGroupPlace } from "../dms/group_place.ts";
import { takesDmsFrom } from "../dms/takes_dms.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import type { RemoteRooms } from "../chat/remote_rooms.ts";
import { leaveRoom } from "../guilds/leave_guild.ts";
import { unknownUser } from "../messages/project_messages.ts";
import { blockedBy } from "../relationships/relationship_rows.ts";
import { sharesGuild } from "../users/shares_guild.ts";

/** Invitations of rooms of this server that are shown at once; a list longer than this is spam. */
const SHOWN_MAX = 200;

type ListDeps = Pick<ChatDeps, "sql" | "rooms" | "users" | "clock" | "serverName">;

/** What waits for a user's answer, newest first; conversations come with the other ones. */
export async function listInvitations(deps: ListDeps, userId: UserId): Promise<Invitation[]> {
  const [inside, received, blocked] = await Promise.all([
    invitationsInside(deps, userId),
    listReceivedInvites(deps.sql, userId, deps.clock.now()),
    blockedBy(deps.sql, userId),
  ]);
  const known = new Set(inside.map((each) => each.room_id));
  const outside = received.filter((row) => row.kind !== "dm" && !known.has(row.room_id));
  const shown = await Promise.all(outside.map((row) => fromReceived(deps, row)));
  // To those who are blocked their invitation looks as if it waited. PROTOCOL.md 10.
  return [...inside, ...shown].filter(({ by }) => !blocked.has(by.id as UserId))
    .sort((a, b) => b.received_ts - a.received_ts);
}

/** Of rooms that others of this server are in. */
async function invitationsInside(deps: ListDeps, userId: UserId): Promise<Invitation[]> {
  const rows = await deps.sql<{ room_id: RoomId }[]>`
    select room_id from current_state
    where type = 'm.room.member' and state_key = ${userId} and membership = 'invite'
    order by room_id limit ${SHOWN_MAX}`;
  const rooms = await Promise.all(rows.map((row) => openResident(deps, row.room_id)));
  const shown = await Promise.all(
    rooms.map((room) => room === undefined ? undefined : fromRoom(deps, room, userId)),
  );
  return shown.filter((each) => each !== undefined);
}

async function fromRoom(
  deps: ListDeps,
  room: Room,
  userId: UserId,
): Promise<Invitation | undefined> {
  const { authority } = room;
  const { kind } = authority.room;
  const event = authority.view.get("m.room.member", userId);
  const stands = authority.membership(userId, deps.clock.now()) === "invite";
  if (event === undefined || kind === "dm" || !stands) return undefined;
  // Its server let the sender ask, without knowing whom this user lets begin a conversation.
  if (kind === "group_dm" && !await takesDmsFrom(deps, userId, event.pdu.sender)) return undefined;
  const expires = event.pdu.content["expires"];
  return await withConsent(deps, userId, {
    room_id: room.id,
    kind,
    by: event.pdu.sender,
    name: textOf(contentOf(authority.view.get("m.guild.meta", "")), "name") ??
      textOf(contentOf(authority.view.get("m.channel.meta", MAIN_CHANNEL)), "name"),
    icon: textOf(contentOf(authority.view.get("m.guild.meta", "")), "icon"),
    received_ts: event.pdu.origin_ts,
    expires_ts: typeof expires === "number" ? expires : null,
  });
}

function fromReceived(deps: ListDeps, row: ReceivedInviteRow): Promise<Invitation> {
  return withConsent(deps, row.user_id, {
    room_id: row.room_id,
    kind: row.kind === "dm" ? "group_dm" : row.kind,
    by: row.sender,
    name: row.name,
    icon: row.icon,
    received_ts: row.received_ts,
    expires_ts: row.expires_ts,
  });
}

/** What a stranger of another server calls his room, and its picture, are not forced on anybody. */
async function withConsent(
  deps: ListDeps,
  userId: UserId,
  invite: Omit<Invitation, "by" | "server" | "held"> & { readonly by: UserId },
): Promise<Invitation> {
  const server = serverOf(invite.by);
  const held = server !== deps.serverName && !await sharesGuild(deps, userId, invite.by);
  const by = held ? unknownUser(invite.by) : await deps.users.get(invite.by);
  return { ...invite, by, server, held, ...(held ? { name: null, icon: null } : {}) };
}

type AnswerDeps = ChatDeps & { readonly remote: RemoteRooms };

/**
 * Accepts an invitation, or comes into a private channel by a role.
 * @throws OperationError `forbidden`, `not_found`, `rate_limited`, `unavailable`
 */
export async function acceptInvitation(
  deps: AnswerDeps,
  user: { readonly userId: UserId; readonly address: string },
  rawRoomId: string,
): Promise<{ readonly room_id: string }> {
  const { userId } = user;
  const roomId = parseRoomId(rawRoomId);
  if (roomId === undefined) throw roomNotFound();
  if (await openResident(deps, roomId) !== undefined) {
    await joinRoom(deps, userId, roomId);
  } else {
    const invite = await findReceivedInvite(deps.sql, userId, roomId);
    if (invite === undefined) throw roomNotFound();
    if (invite.kind === "guild") await requireGuildPlace(deps, userId);
    if (invite.kind === "group_dm") await requireGroupPlace(deps, userId);
    await deps.throttle.take("joins", [
      { policy: "joinAccount", who: userId },
      { policy: "joinAddress", who: user.address },
    ]);
    const servers = [invite.origin, ...invite.servers];
    await deps.remote.join({ user: userId, roomId, servers });
  }
  deps.remote.announceInvitation(userId, roomId);
  return { room_id: roomId };
}

/** Goes at once, whether the inviter's server can be told or not (A23). @throws `not_found` */
export async function declineInvitation(
  deps: AnswerDeps,
  userId: UserId,
  rawRoomId: string,
): Promise<void> {
  const roomId = parseRoomId(rawRoomId);
  if (roomId === undefined) throw roomNotFound();
  const room = await openResident(deps, roomId);
  const invite = await findReceivedInvite(deps.sql, userId, roomId);
  if (room?.authority.membership(userId) === "invite") await leaveRoom(room, userId);
  else if (invite === undefined) {
    throw new OperationError("not_found", "There is no such invitation; it may be answered.");
  }
  if (invite !== undefined) {
    await dropReceivedInvite(deps.sql, userId, roomId);
    const { origin: to, event_id: answers } = invite;
    await deps.remote.tellNow({ kind: "leave", to, roomId, user: userId, answers });
  }
  deps.remote.announceInvitation(userId, roomId);
}
