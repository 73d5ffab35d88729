import type { Channel } from "../../../core/api/channel.ts";
import type { Guild, Member } from "../../../core/api/guild.ts";
import { type ChannelId, MAIN_CHANNEL } from "../../../core/ids/channel_id.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { findOwnerRivals } from "../../federation/owner_rivals.ts";
import type { Room } from "../../rooms/room.ts";
import { projectChannel, projectGuild, projectMember } from "../guilds/project_guild.ts";
import { lastMessages } from "../messages/message_rows.ts";
import type { ChatDeps } from "./chat_deps.ts";

type ViewDeps = Pick<ChatDeps, "sql" | "rooms" | "users" | "clock" | "presenceOf" | "away">;

/** A guild as a member sees it now. */
export async function viewGuild(deps: ViewDeps, room: Room, userId: UserId): Promise<Guild> {
  const privateRooms = await openPrivateRooms(deps, room, userId);
  const open = [...room.authority.channels().keys()].map((channelId) => ({
    roomId: room.id,
    channelId,
  }));
  const [last, me] = await Promise.all([
    lastMessages(deps.sql, [
      ...open,
      ...privateRooms.map(({ id }) => ({ roomId: id, channelId: MAIN_CHANNEL })),
    ]),
    viewMember(deps, room, userId),
  ]);
  const viewer = { userId, nowMs: deps.clock.now() };
  const warned = room.authority.has(userId, "MANAGE_GUILD", { atTs: viewer.nowMs });
  const rivals = warned ? await findOwnerRivals(deps.sql, room.id, viewer.nowMs) : [];
  const idIn = (roomId: RoomId, channelId: ChannelId) =>
    last.get(`${roomId}\0${channelId}`)?.eventId;
  return projectGuild(room, viewer, {
    me,
    away: deps.away.in(room.authority),
    ownerRivals: rivals.map((rival) => ({
      by: rival.sender,
      to: rival.new_owner,
      ts: rival.noticed_ts,
    })),
    lastMessages: new Map(
      open.flatMap(({ channelId }) => {
        const id = idIn(room.id, channelId);
        return id === undefined ? [] : [[channelId, id] as const];
      }),
    ),
    privateChannels: privateRooms.flatMap((own): Channel[] => {
      const policy = own.authority.channel(MAIN_CHANNEL);
      const channel = policy === undefined ? undefined : projectChannel(own, {
        id: MAIN_CHANNEL,
        policy,
        viewer,
        lastMessageId: idIn(own.id, MAIN_CHANNEL),
      });
      return channel === undefined ? [] : [channel];
    }),
  });
}

export async function viewMember(
  deps: Pick<ChatDeps, "users" | "presenceOf">,
  room: Room,
  userId: UserId,
): Promise<Member> {
  return projectMember(room, await deps.users.get(userId), deps.presenceOf(userId));
}

/** Private channels of a guild that the user has joined. */
export async function openPrivateRooms(
  deps: Pick<ChatDeps, "sql" | "rooms">,
  guild: Room,
  userId: UserId,
): Promise<Room[]> {
  const rows = await deps.sql<{ room_id: RoomId }[]>`
    select p.room_id from private_channels p
    join current_state s on s.room_id = p.room_id and s.type = 'm.room.member'
      and s.state_key = ${userId} and s.membership = 'join'
    where p.guild_id = ${guild.id} order by p.created_ts`;
  const rooms = await Promise.all(rows.map((row) => deps.rooms.open(row.room_id)));
  return rooms.filter((room): room is Room => room?.authority.isJoined(userId) === true);
}
