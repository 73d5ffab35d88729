import type { PairDm } from "../../../core/api/gateway.ts";
import { OperationError } from "../../../core/errors.ts";
import { compareBytes } from "../../../core/ids/compare_bytes.ts";
import { hashOfRoomId } from "../../../core/ids/room_id.ts";
import { serverOf, type UserId } from "../../../core/ids/user_id.ts";
import { findInvitesFrom } from "../../federation/received_invites.ts";
import { dmGenesis } from "../../rooms/genesis.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { requireUserId } from "../chat/place.ts";
import type { RemoteRooms } from "../chat/remote_rooms.ts";
import type { Turns } from "../turns.ts";
import { requireAccount } from "../users/require_account.ts";
import { knows } from "../relationships/knows.ts";
import { hasBlocked } from "../relationships/relationship_rows.ts";
import { bringBack } from "./closed_dms.ts";
import { dmRows } from "./dm_rows.ts";
import { findDmRoom } from "./find_dm_room.ts";
import { notTaken, takesDmsFrom } from "./takes_dms.ts";
import { viewPairDm } from "./view_dm.ts";

type DmDeps = ChatDeps & { readonly remote: RemoteRooms };

/**
 * The conversation of two people; makes its room when there is none. People of this server who
 * know the user are joined at once; anybody else gets a request to answer, which their server takes
 * by itself from a friend.
 * @throws OperationError `invalid`, `not_found`, `forbidden`, `rate_limited`, `unavailable`
 */
export async function openDm(
  deps: DmDeps & { readonly turns: Turns },
  userId: UserId,
  rawOther: string,
): Promise<PairDm> {
  const other = requireUserId(rawOther);
  // Asked twice at once, by an impatient finger or by both of them, there is one room. Two that
  // processes made at once are shown as one.
  const pair = [userId, other].sort().join(" ");
  return await deps.turns.take(pair, () => openInTurn(deps, userId, other));
}

async function openInTurn(deps: DmDeps, userId: UserId, other: UserId): Promise<PairDm> {
  if (other === userId) {
    throw new OperationError("invalid", "You cannot open a conversation with yourself.");
  }
  if (await hasBlocked(deps.sql, [userId, other])) {
    throw new OperationError("forbidden", `You have blocked ${other}: lift the block first.`);
  }
  const isLocal = serverOf(other) === deps.serverName;
  if (isLocal) await requireAccount(deps, other);
  const asked = isLocal ? undefined : await acceptAsked(deps, userId, other);
  const held = asked ?? await findDmRoom(deps, userId, other);
  if (held !== undefined) {
    const closed = await bringBack(deps.sql, { roomId: held.id, userId });
    await comeBack(deps, held, { userId, other });
    const room = await deps.rooms.open(held.id) ?? held;
    await askBack(deps, room, { userId, other });
    if (closed) deps.remote.announceConversation(userId, held.id);
    return await viewPairDm(deps, room, userId);
  }
  if (isLocal && !await takesDmsFrom(deps, other, userId)) throw notTaken(other);
  await deps.throttle.take("new conversations", [{ policy: "joinAccount", who: `dm ${userId}` }]);
  if (!isLocal) await deps.remote.requireUser(other);
  const made = await makeRoom(deps, userId, other);
  const room = isLocal ? made : await takeCrossed(deps, made, { userId, other });
  // Whoever has blocked the other is asked, as a stranger is, and never sees it.
  const isOpen = isLocal && await knows(deps, other, userId) &&
    !await hasBlocked(deps.sql, [other, userId]);
  if (isOpen) await rejoin(room, other);
  return await viewPairDm(deps, room, userId);
}

async function makeRoom(deps: DmDeps, userId: UserId, other: UserId): Promise<Room> {
  const users = [userId, other].sort();
  const to = serverOf(other);
  const room = await deps.rooms.create(
    dmGenesis(deps.rng, { creator: userId, other }),
    userId,
    (roomId) => [
      dmRows.of({ roomId, users, createdTs: deps.clock.now() }),
      ...(to === deps.serverName
        ? []
        : [deps.remote.tell({ kind: "invite", to, roomId, user: other })]),
    ],
  );
  deps.remote.wake();
  return room;
}

/**
 * A question of the other one that came while the room was made found none to compare with
 * (`invite_desk.ts`): both meet in the room with the smaller raw id all the same. PROTOCOL.md 10.
 */
async function takeCrossed(
  deps: DmDeps,
  made: Room,
  { userId, other }: { readonly userId: UserId; readonly other: UserId },
): Promise<Room> {
  const asked = await findAsked(deps, userId, other);
  if (asked === undefined) return made;
  if (compareBytes(hashOfRoomId(asked.room_id), hashOfRoomId(made.id)) >= 0) return made;
  try {
    await deps.remote.join({ user: userId, roomId: asked.room_id, servers: [asked.origin] });
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    // The question stays: who opens the conversation again takes it.
    deps.log.log("warn", "The other one's room of a conversation could not be joined.", { error });
    return made;
  }
  return await deps.rooms.open(asked.room_id) ?? made;
}

async function findAsked(deps: DmDeps, userId: UserId, other: UserId) {
  const nowMs = deps.clock.now();
  return (await findInvitesFrom(deps.sql, { userId, sender: other, nowMs }))
    .find((each) => each.kind === "dm");
}

/** The other has asked already: to open the conversation is to say yes. */
async function acceptAsked(
  deps: DmDeps,
  userId: UserId,
  other: UserId,
): Promise<Room | undefined> {
  const asked = await findAsked(deps, userId, other);
  if (asked === undefined) return undefined;
  await deps.remote.join({ user: userId, roomId: asked.room_id, servers: [asked.origin] });
  return await deps.rooms.open(asked.room_id);
}

async function comeBack(
  deps: DmDeps,
  room: Room,
  { userId, other }: { readonly userId: UserId; readonly other: UserId },
): Promise<void> {
  if (room.authority.isJoined(userId)) return;
  const there = serverOf(other);
  // Whoever left a conversation with another server is in it there alone: the other lets him in.
  if (there !== deps.serverName && room.authority.isJoined(other)) {
    await deps.remote.join({ user: userId, roomId: room.id, servers: [there] });
  } else await rejoin(room, userId);
}

/**
 * Asks the other again who has left, or said no: an invite like the first one, which they answer
 * or not. Nobody is asked who keeps such requests out, or has blocked the user.
 */
async function askBack(
  deps: DmDeps,
  room: Room,
  { userId, other }: { readonly userId: UserId; readonly other: UserId },
): Promise<void> {
  if (room.authority.membership(other) !== "leave" || !room.authority.isJoined(userId)) return;
  const to = serverOf(other);
  const isLocal = to === deps.serverName;
  const unwanted = isLocal && (await hasBlocked(deps.sql, [other, userId]) ||
    !await takesDmsFrom(deps, other, userId));
  if (unwanted) return;
  await deps.throttle.take("new conversations", [{ policy: "joinAccount", who: `dm ${userId}` }]);
  await room.changeControl((authority) => ({
    intents: authority.membership(other) !== "leave" ? [] : [{
      type: "m.room.member",
      sender: userId,
      stateKey: other,
      content: { membership: "invite" },
    }],
  }));
  if (isLocal) return;
  await deps.remote.tellNow({ kind: "invite", to, roomId: room.id, user: other });
}

/** Comes back into a conversation that one left, or accepts it: its two always may. */
export async function rejoin(room: Room, userId: UserId): Promise<void> {
  await room.changeControl((authority) => ({
    intents: authority.isJoined(userId) ? [] : [{
      type: "m.room.member",
      sender: userId,
      stateKey: userId,
      content: { membership: "join" },
    }],
  }));
}
