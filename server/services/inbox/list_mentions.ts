import type { Message } from "../../../core/api/message.ts";
import { mayStayInPrivate } from "../../../core/auth/private_room.ts";
import { OperationError } from "../../../core/errors.ts";
import { parseEventId } from "../../../core/ids/event_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openJoinedRooms, withoutMoved } from "../guilds/list_guilds.ts";
import { findTimelineEvents } from "../messages/message_rows.ts";
import { personalize, projectMessages } from "../messages/project_messages.ts";
import { readableRows } from "../messages/readable_rows.ts";
import { findSuppressed } from "../notify/notify_rows.ts";
import { targetsIn } from "../reads/read_states.ts";
import { blockedBy } from "../relationships/relationship_rows.ts";
import { visibleChannels } from "../search/scope.ts";
import { findMentionsOf, type Mention, type MentionPlace } from "./mention_rows.ts";

type InboxDeps = Pick<ChatDeps, "sql" | "rooms" | "users" | "clock" | "serverName">;

/**
 * What mentions the user wherever he may read at this moment, the newest first. Nothing is kept
 * for it: whoever is sent out of a place or loses a role does not find its mentions any more.
 * @throws OperationError `invalid`
 */
export async function listMentions(
  deps: InboxDeps,
  userId: UserId,
  input: { readonly cursor?: string | undefined; readonly limit: number },
): Promise<{ messages: Message[]; next: string | null }> {
  const before = input.cursor === undefined ? undefined : readCursor(input.cursor);
  const [rooms, suppressed, blocked] = await Promise.all([
    openReadable(deps, userId),
    findSuppressed(deps.sql, userId),
    blockedBy(deps.sql, userId),
  ]);
  const atTs = deps.clock.now();
  const channels = rooms.flatMap((room) => {
    const came = room.authority.view.get("m.room.member", userId)?.pdu.origin_ts ?? atTs;
    const targets = targetsIn(room, userId, suppressed);
    return visibleChannels(room, userId, atTs).map(({ roomId, channelId }) => ({
      roomId,
      channelId,
      targets,
      sinceTs: came,
    }));
  });
  const found = channels.length === 0 ? [] : await findMentionsOf(deps.sql, {
    unheard: [userId, ...blocked],
    channels,
    before,
    limit: input.limit + 1,
  });
  const page = found.slice(0, input.limit);
  const last = page.at(-1);
  return {
    messages: await show(deps, userId, { rooms, page }),
    next: found.length > input.limit && last !== undefined ? writeCursor(last) : null,
  };
}

/** Rooms whose messages the user may read now; private ones only as long as their guild says so. */
async function openReadable(deps: InboxDeps, userId: UserId): Promise<Room[]> {
  const kinds = ["guild", "private", "dm", "group_dm"] as const;
  const rooms = withoutMoved(await openJoinedRooms(deps, userId, kinds));
  const guilds = await Promise.all(rooms.map((room) => deps.rooms.guildOf(room)));
  return rooms.filter((room, at) => {
    const guild = guilds[at];
    return guild === undefined || mayStayInPrivate(room.authority, guild.authority, userId);
  });
}

async function show(
  deps: InboxDeps,
  userId: UserId,
  { rooms, page }: { readonly rooms: readonly Room[]; readonly page: readonly Mention[] },
): Promise<Message[]> {
  const shown = new Map<string, Message>();
  for (const room of rooms) {
    const ids = page.filter((each) => each.roomId === room.id).map((each) => each.eventId);
    if (ids.length === 0) continue;
    const held = await findTimelineEvents(deps.sql, room.id, ids);
    const there = held.filter((row) => row.redactedBy === undefined && !row.withheld);
    const rows = await readableRows(room, userId, there);
    const roles = room.authority.rolesOf(userId);
    for (const each of await projectMessages(deps, room, { rows, viewer: userId })) {
      shown.set(each.frame.id, personalize(each, { userId, roles }));
    }
  }
  return page.flatMap((each) => shown.get(each.eventId) ?? []);
}

const CURSOR = /^([0-9a-z]{1,11})\.(.{1,180})$/;

function writeCursor({ order, eventId }: MentionPlace): string {
  return `${order.toString(36)}.${eventId}`;
}

function readCursor(text: string): MentionPlace {
  const match = CURSOR.exec(text);
  const order = parseInt(match?.[1] ?? "", 36);
  const eventId = parseEventId(match?.[2] ?? "");
  if (!Number.isSafeInteger(order) || eventId === undefined) {
    throw new OperationError("invalid", "The cursor is not one that the inbox answered with.");
  }
  return { order, eventId };
}
