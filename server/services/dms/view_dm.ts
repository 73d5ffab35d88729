import type { Dm, PairDm } from "../../../core/api/gateway.ts";
import { MAIN_CHANNEL } from "../../../core/ids/channel_id.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Room } from "../../rooms/room.ts";
import { unknownUser } from "../messages/project_messages.ts";
import { lastMessages } from "../messages/message_rows.ts";
import { listReceivedInvites, type ReceivedInviteRow } from "../../federation/received_invites.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { isEncrypted, mayEncrypt } from "../e2ee/room_encryption.ts";
import { loadEventsOf } from "../../postgres/event_store.ts";
import type { Queryable } from "../../postgres/sql.ts";
import { heldOf } from "../../rooms/load_room.ts";
import { otherOf, seenByOthers } from "../reads/seen_by_other.ts";
import { nothingSince } from "./closed_dms.ts";
import { compareForUser } from "./find_dm_room.ts";
import { peopleOf, projectGroupDm } from "./view_group_dm.ts";

/** Of more, the latest are listed; to open one of the others by its user brings it back. */
export const CONVERSATIONS_SHOWN = 1000;

type ViewDeps = Pick<ChatDeps, "sql" | "rooms" | "users" | "clock" | "preferences">;

/** A conversation as one of its people sees it. */
export async function viewDm(deps: ViewDeps, room: Room, userId: UserId): Promise<Dm> {
  const [dm] = await viewDms(deps, [room], userId);
  if (dm === undefined) throw new Error(`room ${room.id} is no conversation of ${userId}`);
  return dm;
}

/** A conversation of two as one of them sees it. */
export async function viewPairDm(deps: ViewDeps, room: Room, userId: UserId): Promise<PairDm> {
  const dm = await viewDm(deps, room, userId);
  if (dm.kind !== "pair") throw new Error(`room ${room.id} is no conversation of two`);
  return dm;
}

/** All conversations of a user, the latest first. */
export async function listDms(
  deps: ViewDeps,
  userId: UserId,
): Promise<Dm[]> {
  const [rooms, received] = await Promise.all([
    openDmRooms(deps, userId),
    listReceivedInvites(deps.sql, userId, deps.clock.now()),
  ]);
  return await viewListedDms(deps, userId, { rooms, received });
}

/** The same where rooms, and invitations from elsewhere, were read already. */
export async function viewListedDms(
  deps: ViewDeps,
  userId: UserId,
  { rooms, received }: {
    readonly rooms: readonly Room[];
    readonly received: readonly ReceivedInviteRow[];
  },
): Promise<Dm[]> {
  const [dms, asked] = await Promise.all([
    viewDms(deps, rooms, userId),
    viewAsked(deps, received),
  ]);
  const known = new Set(dms.map((dm) => dm.kind === "pair" ? dm.user.id : undefined));
  return [...dms, ...asked.filter((dm) => !known.has(dm.user.id))]
    .sort((a, b) => b.last_ts - a.last_ts);
}

/** Conversations that people of other servers ask for, in rooms that are not here yet. */
export async function askedDms(
  deps: ViewDeps,
  userId: UserId,
): Promise<PairDm[]> {
  return await viewAsked(
    deps,
    await listReceivedInvites(deps.sql, userId, deps.clock.now()),
  );
}

async function viewAsked(
  deps: ViewDeps,
  received: readonly ReceivedInviteRow[],
): Promise<PairDm[]> {
  const invites = received.filter((invite) => invite.kind === "dm");
  const people = await deps.users.find(invites.map((invite) => invite.sender));
  return invites.map((invite) => ({
    kind: "pair",
    room_id: invite.room_id,
    channel_id: "main",
    user: people.get(invite.sender) ?? unknownUser(invite.sender),
    state: "invited",
    last_message_id: null,
    last_ts: invite.received_ts,
    encrypted: false,
    may_encrypt: false,
    seen: null,
  }));
}

/**
 * Rooms of the user's conversations, those of two that are not yet answered too; not those put
 * away.
 */
export async function openDmRooms(
  deps: Pick<ChatDeps, "sql" | "rooms">,
  userId: UserId,
): Promise<Room[]> {
  const all = await deps.sql<{ room_id: RoomId; put_away: boolean }[]>`
    select d.room_id, c.room_id is not null as put_away from ${conversationsOf(deps.sql, userId)} d
    left join closed_dms c on c.room_id = d.room_id and c.user_id = ${userId}
    limit ${CONVERSATIONS_SHOWN + 1}`;
  // Mostly no message decides which are shown: to plan for the events takes the database longer
  // than all else that a page asks for.
  const rows = all.length > CONVERSATIONS_SHOWN || all.some((row) => row.put_away)
    ? await findShown(deps.sql, userId)
    : all;
  const rooms = await Promise.all(rows.map((row) => deps.rooms.open(row.room_id)));
  return onePerPair(rooms.filter((room): room is Room => room !== undefined), userId);
}

function conversationsOf(sql: Queryable, userId: UserId) {
  return sql`(
    select p.room_id, p.created_ts from dm_rooms p
    join current_state s on s.room_id = p.room_id and s.type = 'm.room.member'
      and s.state_key = ${userId} and s.membership in ('join', 'invite')
    where p.user_a = ${userId} or p.user_b = ${userId}
    union all
    select g.room_id, g.created_ts from group_dm_rooms g
    join current_state s on s.room_id = g.room_id and s.type = 'm.room.member'
      and s.state_key = ${userId} and s.membership = 'join')`;
}

/** Those in which something was said since they were put away, the latest of them. */
async function findShown(
  sql: Queryable,
  userId: UserId,
): Promise<readonly { readonly room_id: RoomId }[]> {
  return await sql<{ room_id: RoomId }[]>`
    select d.room_id from ${conversationsOf(sql, userId)} d
    where not exists (
      select 1 from closed_dms c
      where c.room_id = d.room_id and c.user_id = ${userId} and ${nothingSince(sql)})
    order by coalesce((
      select e.timeline_order from events e
      where e.room_id = d.room_id and e.channel_id = ${MAIN_CHANNEL}
      order by e.timeline_order desc limit 1), d.created_ts) desc
    limit ${CONVERSATIONS_SHOWN}`;
}

/** Two who asked each other at once have two rooms: one is shown. PROTOCOL.md 10. */
function onePerPair(rooms: readonly Room[], userId: UserId): Room[] {
  const chosen = new Map<string, Room>();
  for (const room of rooms) {
    const { kind, users } = room.authority.room;
    const pair = kind === "dm" ? users.join(" ") : room.id;
    const other = chosen.get(pair);
    if (other === undefined || compareForUser(room, other, userId) < 0) chosen.set(pair, room);
  }
  return [...chosen.values()];
}

export async function viewDms(
  deps: ViewDeps,
  rooms: readonly Room[],
  userId: UserId,
): Promise<Dm[]> {
  const nowMs = deps.clock.now();
  const others = rooms.map((room) => otherOf(room, userId));
  const named = rooms.flatMap((room, at) =>
    room.authority.room.kind === "group_dm" ? peopleOf(room, nowMs) : others[at] ?? []
  );
  const [last, people, seen, left] = await Promise.all([
    lastMessages(
      deps.sql,
      rooms.map((room) => ({ roomId: room.id, channelId: MAIN_CHANNEL })),
    ),
    deps.users.find([...new Set(named)]),
    seenByOthers(deps, userId, rooms),
    roomsLeft(deps.sql, rooms, others),
  ]);
  const dms = rooms.flatMap((room, at): Dm[] => {
    const message = last.get(`${room.id}\0${MAIN_CHANNEL}`);
    if (room.authority.room.kind === "group_dm") {
      return [projectGroupDm(room, userId, { people, last: message, nowMs })];
    }
    const other = others[at];
    if (other === undefined) return [];
    const created = room.authority.view.get("m.room.create", "")?.pdu.origin_ts ?? 0;
    return [{
      kind: "pair",
      room_id: room.id,
      channel_id: "main",
      user: people.get(other) ?? unknownUser(other),
      state: !room.authority.isJoined(userId)
        ? "invited"
        : room.authority.isJoined(other)
        ? "joined"
        : left.has(room.id)
        ? "left"
        : "waiting",
      last_message_id: message?.eventId ?? null,
      last_ts: message?.ts ?? created,
      encrypted: isEncrypted(room.authority),
      may_encrypt: mayEncrypt(room.authority, userId),
      seen: seen.get(room.id) ?? null,
    }];
  });
  return dms.sort((a, b) => b.last_ts - a.last_ts);
}

/**
 * Conversations whose other one was there and has left: the leave replaced a join. One that was
 * declined looks like one that was not answered.
 */
async function roomsLeft(
  sql: Queryable,
  rooms: readonly Room[],
  others: readonly (UserId | undefined)[],
): Promise<ReadonlySet<RoomId>> {
  const leaves = rooms.flatMap((room, at) => {
    const other = others[at];
    const leave = other === undefined ? undefined : room.authority.view.get("m.room.member", other);
    return leave?.pdu.content["membership"] === "leave" ? [{ room, other, leave }] : [];
  });
  const cited = await loadEventsOf(
    sql,
    leaves.flatMap(({ room, leave }) =>
      [...new Set(leave.pdu.auth_events)].map((eventId) => ({ roomId: room.id, eventId }))
    ),
  );
  const left = leaves.filter(({ room, other }) =>
    cited.filter(({ roomId }) => roomId === room.id).map(heldOf).some(({ pdu }) =>
      pdu.type === "m.room.member" && "state_key" in pdu && pdu.state_key === other &&
      pdu.content["membership"] === "join"
    )
  );
  return new Set(left.map(({ room }) => room.id));
}
