import type { ReadState } from "../../../core/api/channel.ts";
import type { ChannelId } from "../../../core/ids/channel_id.ts";
import type { EventId } from "../../../core/ids/event_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { assert } from "../../../core/assert.ts";
import type { Queryable } from "../../postgres/sql.ts";
import type { Room } from "../../rooms/room.ts";
import { findSuppressed, type Suppressed } from "../notify/notify_rows.ts";
import { blockedBy } from "../relationships/relationship_rows.ts";
import { countThreadUnread, countUnread } from "./read_rows.ts";

export interface RoomChannels {
  readonly room: Room;
  readonly channelIds: readonly ChannelId[];
}

/** What does not reach a user: where @everyone and roles are no mention, and who is not heard. */
export interface Unheard {
  readonly suppressed: ReadonlyMap<string, Suppressed>;
  readonly blocked: ReadonlySet<UserId>;
}

export async function readUnheard(sql: Queryable, userId: UserId): Promise<Unheard> {
  const [suppressed, blocked] = await Promise.all([
    findSuppressed(sql, userId),
    blockedBy(sql, userId),
  ]);
  return { suppressed, blocked };
}

interface CountOptions {
  /** Only what came later counts (`order`). */
  readonly after?: number;
  /** Where it was read already. */
  readonly unheard?: Unheard;
}

/** What pings a user in a room: user id, '&' and role ids, 'everyone'. */
export function targetsIn(
  room: Room,
  userId: UserId,
  suppressed: ReadonlyMap<string, Suppressed>,
): string[] {
  const { kind, guild } = room.authority.room;
  const silent = suppressed.get((kind === "guild" ? room.id : guild) ?? "");
  return [
    userId,
    ...(silent?.everyone ? [] : ["everyone"]),
    ...(silent?.roles ? [] : room.authority.rolesOf(userId).map((role) => `&${role}`)),
  ];
}

/** Unread and mention counts of channels, as the server keeps them, or of what came `after`. */
export async function readStates(
  deps: { readonly sql: Queryable },
  userId: UserId,
  channels: readonly RoomChannels[],
  { after = 0, unheard }: CountOptions = {},
): Promise<ReadState[]> {
  const { suppressed, blocked } = unheard ?? await readUnheard(deps.sql, userId);
  const asked = channels.flatMap(({ room, channelIds }) => {
    const targets = JSON.stringify(targetsIn(room, userId, suppressed));
    // What was said before one came is not unread.
    const since = room.authority.view.get("m.room.member", userId)?.pdu.origin_ts ?? 0;
    return channelIds.map((channelId) => ({ roomId: room.id, channelId, targets, since }));
  });
  if (asked.length === 0) return [];
  return await countUnread(deps.sql, {
    userId,
    unheard: [userId, ...blocked],
    channels: asked,
    after,
  });
}

export interface RoomThread {
  readonly room: Room;
  readonly channelId: ChannelId;
  readonly rootId: EventId;
}

/** Unread and mention counts of threads; those that are not followed have none. */
export async function threadReadStates(
  deps: { readonly sql: Queryable },
  userId: UserId,
  threads: readonly RoomThread[],
  { after = 0, unheard }: CountOptions = {},
): Promise<ReadState[]> {
  if (threads.length === 0) return [];
  const { suppressed, blocked } = unheard ?? await readUnheard(deps.sql, userId);
  return await countThreadUnread(deps.sql, {
    userId,
    unheard: [userId, ...blocked],
    after,
    threads: threads.map(({ room, channelId, rootId }) => ({
      roomId: room.id,
      channelId,
      rootId,
      targets: JSON.stringify(targetsIn(room, userId, suppressed)),
    })),
  });
}

export async function threadReadState(
  deps: { readonly sql: Queryable },
  userId: UserId,
  thread: RoomThread,
): Promise<ReadState> {
  const [state] = await threadReadStates(deps, userId, [thread]);
  assert(state !== undefined, "every thread that is asked for has a read state");
  return state;
}
