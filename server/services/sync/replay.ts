import type { DispatchName } from "../../../core/api/gateway.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Caller } from "../../http/caller.ts";
import type { Dispatch, ReplayAnswer } from "../../http/gateway/source.ts";
import type { StoredEvent } from "../../postgres/event_rows.ts";
import { readSince } from "../../postgres/log_reader.ts";
import {
  advanceToken,
  decodeSyncToken,
  encodeSyncToken,
  hasRead,
  type SyncToken,
} from "../../postgres/sync_token.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { viewGuild, viewMember } from "../chat/view_guild.ts";
import { openDmRooms, viewDms } from "../dms/view_dm.ts";
import { openJoinedRooms } from "../guilds/list_guilds.ts";
import { readStates } from "../reads/read_states.ts";
import { getSelf } from "../accounts/users.ts";
import { projectTimeline } from "./project_timeline.ts";
import { entitlementOf, readableChannels } from "./standing.ts";

export interface ReplayInput {
  readonly position: string;
  readonly limit: number;
  readonly seq: number;
  /** How far the live stream is: what lies beyond reaches the session by itself. */
  readonly upTo: SyncToken;
}

interface Told {
  readonly t: DispatchName;
  readonly d: unknown;
  readonly position?: string;
}

/**
 * What one user missed: messages and their changes in order, each once, then whole states of
 * guilds, conversations and read markers that may have changed.
 */
export async function replaySince(
  deps: ChatDeps,
  caller: Caller,
  input: ReplayInput,
): Promise<ReplayAnswer> {
  const since = decodeSyncToken(input.position, input.upTo.instance);
  if (since === undefined) return { kind: "reset", reason: "The position is not of this server." };
  const { userId } = caller;
  const roomIds = await everRooms(deps, userId);
  const page = await readSince(deps.sql, since, { rooms: roomIds, limit: input.limit + 1 });
  if (page.more || page.events.length > input.limit) {
    return { kind: "reset", reason: "Too much has happened since; take it all anew." };
  }
  const rooms = await openJoinedRooms(deps, userId, ["guild", "private", "dm", "group_dm"]);
  const joined = new Map(rooms.map((room) => [room.id, room]));
  const nowMs = deps.clock.now();
  const told: Told[] = [];
  const changed = new Set<RoomId>();
  let token = since;
  for (const stored of page.events.filter((event) => hasRead(input.upTo, event))) {
    token = advanceToken(token, stored);
    if (stored.channelId === undefined) {
      changed.add(stored.roomId);
      continue;
    }
    const room = joined.get(stored.roomId);
    if (room === undefined || !sees(room, userId, { stored, nowMs })) continue;
    const dispatches = await projectTimeline(deps, room, stored);
    told.push(...personal(dispatches, userId, encodeSyncToken(token)));
  }
  told.push(...await wholeStates(deps, caller, { changed, joined }));
  if (told.length > input.limit) {
    return { kind: "reset", reason: "Too much has happened since; take it all anew." };
  }
  const self = await getSelf(deps, caller);
  return {
    kind: "replayed",
    seq: input.seq,
    entitlements: rooms.map((room) => entitlementOf(room, userId, nowMs)),
    presence: self.presence,
    dispatches: told,
    position: encodeSyncToken(input.upTo),
  };
}

function sees(
  room: Room,
  userId: UserId,
  at: { readonly stored: StoredEvent; readonly nowMs: number },
): boolean {
  return readableChannels(room, userId, at.nowMs).some((id) => id === at.stored.channelId);
}

/** The user's own form of each dispatch; only the last carries the position. */
function personal(dispatches: readonly Dispatch[], userId: UserId, position: string): Told[] {
  return dispatches.map(({ t, d, personal: own }, at) => ({
    t,
    d: own?.userId === userId ? own.d : d,
    ...(at === dispatches.length - 1 ? { position } : {}),
  }));
}

async function wholeStates(
  deps: ChatDeps,
  caller: Caller,
  { changed, joined }: {
    readonly changed: ReadonlySet<RoomId>;
    readonly joined: ReadonlyMap<RoomId, Room>;
  },
): Promise<Told[]> {
  const { userId } = caller;
  const told: Told[] = [];
  const guilds = new Set<Room>();
  for (const roomId of changed) {
    const room = joined.get(roomId);
    if (room === undefined) {
      const gone = await deps.rooms.open(roomId);
      if (gone?.authority.room.kind === "guild") {
        const banned = gone.authority.membership(userId, deps.clock.now()) === "ban";
        told.push({
          t: "guild.remove",
          d: { guild_id: roomId, reason: banned ? "banned" : "left" },
        });
      }
      continue;
    }
    const guildId = room.authority.room.guild as RoomId | undefined;
    const guild = guildId === undefined ? room : joined.get(guildId);
    if (guild?.authority.room.kind === "guild") guilds.add(guild);
  }
  for (const guild of guilds) {
    const { me: _me, ...frame } = await viewGuild(deps, guild, userId);
    told.push({ t: "guild.update", d: frame });
    told.push({
      t: "member.update",
      d: { guild_id: guild.id, member: await viewMember(deps, guild, userId) },
    });
  }
  const dmRooms = (await openDmRooms(deps, userId)).filter((room) => changed.has(room.id));
  for (const dm of await viewDms(deps, dmRooms, userId)) told.push({ t: "dm.update", d: dm });
  const nowMs = deps.clock.now();
  const states = await readStates(
    deps,
    userId,
    [...joined.values()].map((room) => ({
      room,
      channelIds: readableChannels(room, userId, nowMs).filter((id) =>
        room.authority.channel(id)?.kind !== "category"
      ),
    })),
  );
  for (const state of states) told.push({ t: "read.update", d: state });
  return told;
}

/** Rooms the user is in or was in: leaving one is news too. */
async function everRooms(deps: Pick<ChatDeps, "sql">, userId: UserId): Promise<RoomId[]> {
  const rows = await deps.sql<{ room_id: RoomId }[]>`
    select room_id from current_state where type = 'm.room.member' and state_key = ${userId}`;
  return rows.map((row) => row.room_id);
}
