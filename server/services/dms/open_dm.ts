import type { Dm } from "../../../core/api/gateway.ts";
import { OperationError } from "../../../core/errors.ts";
import { hashOfRoomId, type RoomId } from "../../../core/ids/room_id.ts";
import { compareBytes } from "../../../core/ids/compare_bytes.ts";
import { serverOf, type UserId } from "../../../core/ids/user_id.ts";
import { defineRowKind, recordset } from "../../postgres/row_kind.ts";
import { dmGenesis } from "../../rooms/genesis.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { requireUserId } from "../chat/place.ts";
import { requireAccount } from "../invites/invite_user.ts";
import { viewDm } from "./view_dm.ts";

/** The room of a pair, found again by their names. */
const dmRows = defineRowKind<{
  readonly roomId: RoomId;
  readonly users: readonly UserId[];
  readonly createdTs: number;
}>("dm_rooms", (sql, rows) =>
  sql`
    insert into dm_rooms (room_id, user_a, user_b, created_ts)
    select x."roomId", x.users->>0, x.users->>1, x."createdTs"
    from json_to_recordset(${recordset(sql, rows)})
      as x("roomId" text, users json, "createdTs" bigint)`);

/**
 * The conversation of two people; makes its room when there is none. People of this server who
 * share a guild are joined at once; anybody else gets a request to answer.
 * @throws OperationError `invalid`, `not_found`, `rate_limited`
 */
export async function openDm(deps: ChatDeps, userId: UserId, rawOther: string): Promise<Dm> {
  const other = requireUserId(rawOther);
  if (other === userId) {
    throw new OperationError("invalid", "You cannot open a conversation with yourself.");
  }
  if (serverOf(other) !== deps.serverName) {
    throw new OperationError(
      "not_found",
      `${other} lives on another server, and this server does not talk to others yet.`,
    );
  }
  await requireAccount(deps, other);
  const held = await findDmRoom(deps, userId, other);
  if (held !== undefined) {
    await rejoin(held, userId);
    return await viewDm(deps, held, userId);
  }
  await deps.throttle.take("new conversations", [{ policy: "joinAccount", who: `dm ${userId}` }]);
  const users = [userId, other].sort();
  const room = await deps.rooms.create(
    dmGenesis(deps.rng, { creator: userId, other }),
    userId,
    (roomId) => [dmRows.of({ roomId, users, createdTs: deps.clock.now() })],
  );
  if (await shareGuild(deps, userId, other)) await rejoin(room, other);
  return await viewDm(deps, room, userId);
}

/** Comes back into a conversation that one left, or accepts it. */
export async function rejoin(room: Room, userId: UserId): Promise<void> {
  await room.changeControl((authority) => {
    if (authority.isJoined(userId)) return { intents: [] };
    const inviter = authority.room.users.find((each) => each !== userId);
    const invited = authority.membership(userId) === "invite";
    const invite = invited || inviter === undefined || !authority.isJoined(inviter) ? [] : [{
      type: "m.room.member",
      sender: inviter,
      stateKey: userId,
      content: { membership: "invite" },
    }];
    return {
      intents: [...invite, {
        type: "m.room.member",
        sender: userId,
        stateKey: userId,
        content: { membership: "join" },
      }],
    };
  });
}

/** Of several rooms of a pair the joined one with the smaller raw id counts. PROTOCOL.md 10. */
async function findDmRoom(
  deps: Pick<ChatDeps, "sql" | "rooms">,
  userId: UserId,
  other: UserId,
): Promise<Room | undefined> {
  const [a, b] = [userId, other].sort();
  const rows = await deps.sql<{ room_id: RoomId }[]>`
    select room_id from dm_rooms where user_a = ${a ?? ""} and user_b = ${b ?? ""}`;
  const rooms = await Promise.all(rows.map((row) => deps.rooms.open(row.room_id)));
  const [first] = rooms.filter((room): room is Room => room !== undefined).sort((x, y) =>
    Number(y.authority.isJoined(userId)) - Number(x.authority.isJoined(userId)) ||
    compareBytes(hashOfRoomId(x.id), hashOfRoomId(y.id))
  );
  return first;
}

async function shareGuild(
  deps: Pick<ChatDeps, "sql">,
  userId: UserId,
  other: UserId,
): Promise<boolean> {
  const rows = await deps.sql`
    select 1 from current_state a
    join current_state b on b.room_id = a.room_id and b.type = 'm.room.member'
      and b.state_key = ${other} and b.membership = 'join'
    join current_state g on g.room_id = a.room_id and g.type = 'm.room.join_rules'
    where a.type = 'm.room.member' and a.state_key = ${userId} and a.membership = 'join'
    limit 1`;
  return rows.length > 0;
}
