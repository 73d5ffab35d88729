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
import { whoMayBegin } from "../dms/takes_dms.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import type { RemoteRooms } from "../chat/remote_rooms.ts";
import { leaveRoom } from "../guilds/leave_guild.ts";
import { unknownUser } from "../messages/project_messages.ts";
import { blockedBy } from "../relationships/relationship_rows.ts";
import { whoShareGuild } from "../users/shares_guild.ts";

/** Invitations of rooms of this server that are shown at once; a list longer than this is spam. */
const SHOWN_MAX = 200;

type ListDeps = Pick<ChatDeps, "sql" | "rooms" | "users" | "clock" | "serverName">;

/** An invitation before anybody has looked at who sent it. */
type Asked = Omit<Invitation, "by" | "server" | "held"> & { readonly by: UserId };

/** What waits for a user's answer, newest first; conversations come with the other ones. */
export async function listInvitations(deps: ListDeps, userId: UserId): Promise<Invitation[]> {
  const [received, blocked] = await Promise.all([
    listReceivedInvites(deps.sql, userId, deps.clock.now()),
    blockedBy(deps.sql, userId),
  ]);
  return await viewInvitations(deps, userId, { received, blocked });
}

/** The same where invitations from elsewhere, and who is blocked, were read already. */
export async function viewInvitations(
  deps: ListDeps,
  userId: UserId,
  { received, blocked }: {
    readonly received: readonly ReceivedInviteRow[];
    readonly blocked: ReadonlySet<UserId>;
  },
): Promise<Invitation[]> {
  const inside = await invitationsInside(deps, userId);
  const known = new Set(inside.map((each) => each.room_id));
  const outside = received.filter((row) => row.kind !== "dm" && !known.has(row.room_id));
  // To those who are blocked their invitation looks as if it waited. PROTOCOL.md 10.
  const asked = [...inside, ...outside.map(fromReceived)].filter(({ by }) => !blocked.has(by));
  return (await withConsent(deps, userId, asked)).sort((a, b) => b.received_ts - a.received_ts);
}

/** Of rooms that others of this server are in. */
async function invitationsInside(deps: ListDeps, userId: UserId): Promise<Asked[]> {
  const rows = await deps.sql<{ room_id: RoomId }[]>`
    select room_id from current_state
    where type = 'm.room.member' and state_key = ${userId} and membership = 'invite'
    order by room_id limit ${SHOWN_MAX}`;
  const rooms = await Promise.all(rows.map((row) => openResident(deps, row.room_id)));
  const shown = rooms.flatMap((room) => {
    const asked = room === undefined ? undefined : fromRoom(room, userId, deps.clock.now());
    return asked === undefined ? [] : [asked];
  });
  // Its server let the sender ask, without knowing whom this user lets begin a conversation.
  const groups = shown.filter(({ kind }) => kind === "group_dm");
  const welcome = await whoMayBegin(deps, userId, groups.map(({ by }) => by));
  return shown.filter(({ kind, by }) => kind !== "group_dm" || welcome.has(by));
}

function fromRoom({ id, authority }: Room, userId: UserId, nowMs: number): Asked | undefined {
  const { kind } = authority.room;
  const event = authority.view.get("m.room.member", userId);
  const stands = authority.membership(userId, nowMs) === "invite";
  if (event === undefined || kind === "dm" || !stands) return undefined;
  const expires = event.pdu.content["expires"];
  return {
    room_id: id,
    kind,
    by: event.pdu.sender,
    name: textOf(contentOf(authority.view.get("m.guild.meta", "")), "name") ??
      textOf(contentOf(authority.view.get("m.channel.meta", MAIN_CHANNEL)), "name"),
    icon: textOf(contentOf(authority.view.get("m.guild.meta", "")), "icon"),
    received_ts: event.pdu.origin_ts,
    expires_ts: typeof expires === "number" ? expires : null,
  };
}

function fromReceived(row: ReceivedInviteRow): Asked {
  return {
    room_id: row.room_id,
    kind: row.kind === "dm" ? "group_dm" : row.kind,
    by: row.sender,
    name: row.name,
    icon: row.icon,
    received_ts: row.received_ts,
    expires_ts: row.expires_ts,
  };
}

/** What a stranger of another server calls his room, and its picture, are not forced on anybody. */
async function withConsent(
  deps: ListDeps,
  userId: UserId,
  asked: readonly Asked[],
): Promise<Invitation[]> {
  const strangers = asked.map(({ by }) => by).filter((by) => serverOf(by) !== deps.serverName);
  const near = await whoShareGuild(deps, userId, strangers);
  const isHeld = (by: UserId) => serverOf(by) !== deps.serverName && !near.has(by);
  const people = await deps.users.find(asked.map(({ by }) => by).filter((by) => !isHeld(by)));
  return asked.map((invite) => {
    const held = isHeld(invite.by);
    const by = people.get(invite.by) ?? unknownUser(invite.by);
    const server = serverOf(invite.by);
    return { ...invite, by, server, held, ...(held ? { name: null, icon: null } : {}) };
  });
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
