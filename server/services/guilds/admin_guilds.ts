import type { AdminGuild, GUILD_ORDERS } from "../../../core/api/admin_guilds.ts";
import type { GuildSummary } from "../../../core/api/guild.ts";
import { OperationError } from "../../../core/errors.ts";
import { parseRoomId, type RoomId } from "../../../core/ids/room_id.ts";
import { serverOf, type UserId } from "../../../core/ids/user_id.ts";
import type { Room } from "../../rooms/room.ts";
import { writeAudit } from "../accounts/audit.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openJoinedRooms, withoutMoved } from "./list_guilds.ts";
import { projectSummary } from "./project_guild.ts";
import { forgetTemplatesOf } from "../templates/forget_templates.ts";
import { forgetMarksOf } from "../voice/marks.ts";
import { keptKind } from "../webhooks/webhook_member.ts";
import { isSaidRow } from "../messages/message_rows.ts";

/** Members who leave in one transaction when a guild ends. */
const LEAVES_PER_BATCH = 200;

type AdminGuildDeps = Pick<ChatDeps, "sql" | "rooms" | "serverName">;

/** Of one account, at most. */
const GUILDS_PER_USER = 200;

/** A page of the guilds that somebody is in: for those who run the server. */
export async function listAdminGuilds(
  deps: AdminGuildDeps,
  page: {
    readonly limit: number;
    readonly query?: string | undefined;
    readonly order?: (typeof GUILD_ORDERS)[number];
    readonly after?: string | undefined;
  },
): Promise<{ guilds: AdminGuild[]; total: number; next: string | null }> {
  const { sql } = deps;
  const order = page.order ?? "id";
  const named = page.query === undefined && order !== "name" ? sql`` : sql`
    join events e on e.room_id = c.room_id and e.event_id = c.event_id
    cross join lateral (select event_json(e.pdu) -> 'content' ->> 'name' as name) n`;
  const inhabited = sql`
    from current_state c ${named} where c.type = 'm.guild.meta' and c.state_key = ''
      and not exists (select from group_dm_rooms d where d.room_id = c.room_id)
      ${page.query === undefined ? sql`` : matching(sql, page.query)}
      and exists (select from current_state m where m.room_id = c.room_id
        and m.type = 'm.room.member' and m.membership = 'join' and m.event_id is not null)`;
  const [count] = await sql<{ total: number }[]>`select count(*) as total ${inhabited}`;
  const offset = order === "id" ? 0 : Number(/^\d{1,7}$/.exec(page.after ?? "0")?.[0] ?? 0);
  const rows = await sql<{ room_id: RoomId }[]>`
    select c.room_id ${inhabited}
      ${order === "id" ? sql`and c.room_id > ${page.after ?? ""}` : sql``}
    order by ${orderOf(sql, order)} limit ${page.limit + 1} offset ${offset}`;
  const ids = rows.slice(0, page.limit).map((row) => row.room_id);
  const rooms = await Promise.all(ids.map((id) => deps.rooms.open(id)));
  return {
    guilds: await project(deps, rooms.filter((room) => room !== undefined)),
    total: count?.total ?? 0,
    next: rows.length <= page.limit
      ? null
      : order === "id"
      ? ids.at(-1) ?? null
      : String(offset + ids.length),
  };
}

function matching(sql: ChatDeps["sql"], query: string) {
  const like = `%${query.replace(/[\\%_]/g, "\\$&")}%`;
  return sql`and (n.name ilike ${like} or c.room_id = ${query})`;
}

function orderOf(sql: ChatDeps["sql"], order: (typeof GUILD_ORDERS)[number]) {
  switch (order) {
    case "id":
      return sql`c.room_id`;
    case "name":
      return sql`lower(n.name), c.room_id`;
    case "members":
      return sql`(select count(*) from current_state m where m.room_id = c.room_id
        and m.type = 'm.room.member' and m.membership = 'join') desc, c.room_id`;
  }
}

/** Guilds of one account, in the order of joining. */
export async function listUserGuilds(
  deps: Pick<ChatDeps, "sql" | "rooms">,
  userId: UserId,
): Promise<GuildSummary[]> {
  const rooms = withoutMoved(await openJoinedRooms(deps, userId, ["guild"]));
  return rooms.slice(0, GUILDS_PER_USER).map(projectSummary);
}

/** @throws OperationError `not_found` */
export async function getAdminGuild(deps: AdminGuildDeps, rawId: string): Promise<AdminGuild> {
  const [guild] = await project(deps, [await openAnyGuild(deps, rawId)]);
  if (guild === undefined) throw noSuchGuild(rawId);
  return guild;
}

/**
 * Ends a guild and its private channels on this server, by an administrator who need not be a
 * member: whoever has an account here leaves in his own name, the owner last. Members of other
 * servers stay in what is left. Safe to repeat after a crash.
 * @throws OperationError `not_found`
 */
export async function deleteGuildAsAdmin(
  deps: AdminGuildDeps & Pick<ChatDeps, "clock">,
  input: {
    readonly guildId: string;
    /** Null from the command line. */
    readonly actor: UserId | null;
    readonly reason: string | null;
  },
): Promise<{ members_removed: number }> {
  const guild = await openAnyGuild(deps, input.guildId);
  const { name } = projectSummary(guild);
  for (const id of await privateRoomsOf(deps, [guild.id])) {
    const room = await deps.rooms.open(id.room_id);
    if (room !== undefined) await leaveAll(deps, room);
  }
  const removed = await leaveAll(deps, guild);
  await forgetMarksOf(deps.sql, guild.id);
  await forgetTemplatesOf(deps.sql, guild.id);
  await writeAudit(deps.sql, {
    ts: deps.clock.now(),
    actor: input.actor,
    action: "guild.delete",
    target: guild.id,
    reason: input.reason,
    details: { name, members: removed },
  });
  return { members_removed: removed };
}

async function openAnyGuild(deps: Pick<ChatDeps, "rooms">, rawId: string): Promise<Room> {
  const id = parseRoomId(rawId);
  const room = id === undefined ? undefined : await deps.rooms.open(id);
  if (room?.authority.room.kind !== "guild") throw noSuchGuild(rawId);
  return room;
}

function noSuchGuild(rawId: string): OperationError {
  return new OperationError(
    "not_found",
    `This server holds no guild with the id ${JSON.stringify(rawId.slice(0, 255))}.`,
  );
}

async function leaveAll(deps: Pick<ChatDeps, "serverName">, room: Room): Promise<number> {
  let removed = 0;
  for (;;) {
    const built = await room.changeControl((authority) => {
      const owner = authority.owner();
      const local = [...authority.joinedUsers()].filter((userId) =>
        serverOf(userId) === deps.serverName
      );
      const others = local.filter((userId) => userId !== owner);
      const leaving = others.length > 0 ? others.slice(0, LEAVES_PER_BATCH) : local;
      return {
        intents: leaving.map((userId) => ({
          type: "m.room.member",
          sender: userId,
          stateKey: userId,
          content: { membership: "leave", ...keptKind(authority, userId) },
        })),
      };
    });
    if (built.length === 0) return removed;
    removed += built.length;
  }
}

async function privateRoomsOf(deps: Pick<ChatDeps, "sql">, guildIds: readonly RoomId[]) {
  return await deps.sql<{ room_id: RoomId; guild_id: RoomId }[]>`
    select room_id, guild_id from private_channels where guild_id = any(${[...guildIds]})`;
}

interface Totals {
  readonly room_id: RoomId;
  readonly messages: number;
  readonly files: number;
  readonly bytes: number;
}

async function project(deps: AdminGuildDeps, guilds: readonly Room[]): Promise<AdminGuild[]> {
  const ids = guilds.map((room) => room.id);
  const guildOf = new Map<RoomId, RoomId>(ids.map((id) => [id, id]));
  for (const row of await privateRoomsOf(deps, ids)) guildOf.set(row.room_id, row.guild_id);
  const totals = new Map<RoomId, { messages: number; files: number; bytes: number }>();
  for (const row of await countRooms(deps, [...guildOf.keys()])) {
    const id = guildOf.get(row.room_id) ?? row.room_id;
    const sum = totals.get(id) ?? { messages: 0, files: 0, bytes: 0 };
    totals.set(id, {
      messages: sum.messages + row.messages,
      files: sum.files + row.files,
      bytes: sum.bytes + row.bytes,
    });
  }
  return guilds.map((room) => {
    const sum = totals.get(room.id);
    return {
      ...projectSummary(room),
      created_ts: room.authority.view.get("m.room.create", "")?.pdu.origin_ts ?? 0,
      local_only: !room.authority.room.federate,
      local_members: room.authority.membersByServer().get(deps.serverName) ?? 0,
      messages: sum?.messages ?? 0,
      media_files: sum?.files ?? 0,
      media_bytes: sum?.bytes ?? 0,
    };
  });
}

/** A file that is used twice in a room counts once there. */
async function countRooms(
  deps: Pick<ChatDeps, "sql">,
  ids: readonly RoomId[],
): Promise<readonly Totals[]> {
  return await deps.sql<Totals[]>`
    select r.room_id, coalesce(e.messages, 0) as messages, f.files, f.bytes
    from unnest(${[...ids]}::text[]) as r(room_id)
    left join lateral (
      select count(*) as messages from events e
      where e.room_id = r.room_id and ${isSaidRow(deps.sql)} and e.channel_id is not null
        and e.outcome = 'accepted' and not e.withheld
    ) e on true
    cross join lateral (
      select count(*) as files, coalesce(sum(m.size), 0)::bigint as bytes from media m
      where m.media_id in (
        select u.media_id from media_uses u where u.room_id = r.room_id
        union
        select u.media_id from media_uses u where u.kind = 'icon' and u.subject = r.room_id)
    ) f`;
}
