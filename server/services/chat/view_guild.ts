import type { Channel } from "../../../core/api/channel.ts";
import type { Guild, Member } from "../../../core/api/guild.ts";
import type { User } from "../../../core/api/user.ts";
import { assert } from "../../../core/assert.ts";
import { type ChannelId, MAIN_CHANNEL } from "../../../core/ids/channel_id.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { findOwnerRivals } from "../../federation/owner_rivals.ts";
import type { Room } from "../../rooms/room.ts";
import { projectChannel, projectGuild, projectMember } from "../guilds/project_guild.ts";
import { type ChannelRef, lastMessages } from "../messages/message_rows.ts";
import type { ChatDeps } from "./chat_deps.ts";

type ViewDeps = Pick<ChatDeps, "sql" | "rooms" | "users" | "clock" | "presenceOf" | "away">;

/** A guild as a member sees it now. */
export async function viewGuild(deps: ViewDeps, room: Room, userId: UserId): Promise<Guild> {
  const near = await openPrivateRooms(deps, room, userId);
  const [guild] = await viewGuilds(deps, [{ room, near }], userId);
  assert(guild !== undefined, "every guild that is asked for is shown");
  return guild;
}

/** A guild and those of its private channels that the viewer has joined. */
export interface GuildRooms {
  readonly room: Room;
  readonly near: readonly Room[];
}

/** Guilds as a member sees them now. As many queries for many as for one. */
export async function viewGuilds(
  deps: ViewDeps,
  guilds: readonly GuildRooms[],
  userId: UserId,
): Promise<Guild[]> {
  const viewer = { userId, nowMs: deps.clock.now() };
  const warned = guilds.filter(({ room }) =>
    room.authority.has(userId, "MANAGE_GUILD", { atTs: viewer.nowMs })
  );
  const [last, rivals, self] = await Promise.all([
    lastMessages(deps.sql, guilds.flatMap(channelsIn)),
    findOwnerRivals(deps.sql, warned.map(({ room }) => room.id), viewer.nowMs),
    deps.users.get(userId),
  ]);
  return guilds.map((guild) => lookOf(deps, guild, { viewer, last, rivals, self }));
}

function channelsIn({ room, near }: GuildRooms): ChannelRef[] {
  return [
    ...[...room.authority.channels().keys()].map((id) => ({ roomId: room.id, channelId: id })),
    ...near.map(({ id }) => ({ roomId: id, channelId: MAIN_CHANNEL })),
  ];
}

function lookOf(
  deps: ViewDeps,
  { room, near }: GuildRooms,
  { viewer, last, rivals, self }: {
    readonly viewer: { readonly userId: UserId; readonly nowMs: number };
    readonly last: Awaited<ReturnType<typeof lastMessages>>;
    readonly rivals: Awaited<ReturnType<typeof findOwnerRivals>>;
    readonly self: User;
  },
): Guild {
  const idIn = (roomId: RoomId, channelId: ChannelId) =>
    last.get(`${roomId}\0${channelId}`)?.eventId;
  return projectGuild(room, viewer, {
    me: projectMember(room, self, deps.presenceOf(viewer.userId)),
    away: deps.away.in(room.authority),
    ownerRivals: rivals.filter((rival) => rival.room_id === room.id).map((rival) => ({
      by: rival.sender,
      to: rival.new_owner,
      ts: rival.noticed_ts,
    })),
    lastMessages: new Map(
      [...room.authority.channels().keys()].flatMap((channelId) => {
        const id = idIn(room.id, channelId);
        return id === undefined ? [] : [[channelId, id] as const];
      }),
    ),
    privateChannels: near.flatMap((own): Channel[] => {
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
  return (await openAllPrivateRooms(deps, userId, [guild.id])).get(guild.id) ?? [];
}

/** The same of all guilds, or of some, by the guild. */
export async function openAllPrivateRooms(
  deps: Pick<ChatDeps, "sql" | "rooms">,
  userId: UserId,
  guildIds?: readonly RoomId[],
): Promise<ReadonlyMap<RoomId, Room[]>> {
  const { sql } = deps;
  const rows = await sql<{ room_id: RoomId; guild_id: RoomId }[]>`
    select p.room_id, p.guild_id from private_channels p
    join current_state s on s.room_id = p.room_id and s.type = 'm.room.member'
      and s.state_key = ${userId} and s.membership = 'join'
    where ${guildIds === undefined ? sql`true` : sql`p.guild_id = any(${[...guildIds]})`}
    order by p.created_ts`;
  const rooms = await Promise.all(rows.map((row) => deps.rooms.open(row.room_id)));
  const found = new Map<RoomId, Room[]>();
  for (const [at, { guild_id }] of rows.entries()) {
    const room = rooms[at];
    if (room?.authority.isJoined(userId) !== true) continue;
    found.set(guild_id, [...found.get(guild_id) ?? [], room]);
  }
  return found;
}
