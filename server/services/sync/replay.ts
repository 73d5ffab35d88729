import type { MessageFrame } from "../../../core/api/message.ts";
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
import type { Queryable } from "../../postgres/sql.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openJoinedRooms } from "../guilds/list_guilds.ts";
import { shownPresence } from "../accounts/preferences.ts";
import { getSelf } from "../accounts/users.ts";
import { findPreviews } from "../previews/preview_rows.ts";
import { gatherVotes } from "./gather_votes.ts";
import { projectTimeline } from "./project_timeline.ts";
import { Changes, type Told, wholeStates } from "./replay_states.ts";
import { entitlementOf, readableChannels } from "./standing.ts";

export interface ReplayInput {
  readonly position: string;
  readonly limit: number;
  readonly seq: number;
  /** How far the live stream is: what lies beyond reaches the session by itself. */
  readonly upTo: SyncToken;
}

/**
 * What one user missed: messages and their changes in order, each once, then whole states of
 * guilds, members, people, conversations and read markers that may have changed.
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
  const changes = new Changes();
  let token = since;
  const missed = page.events.filter((event) => hasRead(input.upTo, event));
  const gathered = gatherVotes(missed);
  for (const stored of missed) {
    token = advanceToken(token, stored);
    changes.add(stored);
    if (stored.channelId === undefined) continue;
    const room = joined.get(stored.roomId);
    if (room === undefined || !sees(room, userId, { stored, nowMs })) continue;
    const dispatches = await projectTimeline(deps, room, stored, gathered);
    const own = personal(dispatches, userId, encodeSyncToken(token));
    told.push(...await withPreviews(deps.sql, stored, own));
  }
  told.push(...await wholeStates(deps, userId, { since, changes, joined, limit: input.limit }));
  if (told.length > input.limit) {
    return { kind: "reset", reason: "Too much has happened since; take it all anew." };
  }
  const self = await getSelf(deps, caller);
  return {
    kind: "replayed",
    seq: input.seq,
    entitlements: rooms.map((room) => entitlementOf(room, userId, nowMs)),
    presence: shownPresence(self.presence, await deps.preferences.of(userId)),
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

/** What was found for a message's links came after it, and no event tells of it. */
async function withPreviews(
  sql: Queryable,
  { roomId, eventId }: StoredEvent,
  told: readonly Told[],
): Promise<readonly Told[]> {
  if (!told.some(({ t }) => t === "message.create")) return told;
  const previews = (await findPreviews(sql, roomId, [eventId])).get(eventId);
  if (previews === undefined) return told;
  return told.map((each) =>
    each.t === "message.create" ? { ...each, d: { ...each.d as MessageFrame, previews } } : each
  );
}

/** Rooms the user is in or was in: leaving one is news too. */
async function everRooms(deps: Pick<ChatDeps, "sql">, userId: UserId): Promise<RoomId[]> {
  const rows = await deps.sql<{ room_id: RoomId }[]>`
    select room_id from current_state where type = 'm.room.member' and state_key = ${userId}`;
  return rows.map((row) => row.room_id);
}
