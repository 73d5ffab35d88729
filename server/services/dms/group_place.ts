import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { limits } from "../../../core/limits.ts";
import type { Authority } from "../../../core/permissions/authority.ts";
import { groupPeople } from "../../../core/permissions/group_people.ts";
import { roomNotFound } from "../../rooms/rooms.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";

/** Conversations of several that one user may be in at once: a snapshot holds them all. */
export const JOINED_GROUP_DMS_MAX = 100;

/** A conversation of several that the user is in. @throws OperationError `not_found` */
export async function openGroupDm(
  deps: Pick<ChatDeps, "rooms">,
  userId: UserId,
  rawId: string,
): Promise<Room> {
  const room = await deps.rooms.openFor(userId, rawId);
  if (room.authority.room.kind !== "group_dm") throw roomNotFound();
  return room;
}

/** Whether the user can be in one more. */
export async function hasGroupPlace(
  deps: Pick<ChatDeps, "sql">,
  userId: UserId,
): Promise<boolean> {
  const rows = await deps.sql`
    select 1 from current_state s join group_dm_rooms g on g.room_id = s.room_id
    where s.type = 'm.room.member' and s.state_key = ${userId} and s.membership = 'join'
    limit ${JOINED_GROUP_DMS_MAX}`;
  return rows.length < JOINED_GROUP_DMS_MAX;
}

/** Room for one more. @throws OperationError `limit_reached` */
export async function requireGroupPlace(
  deps: Pick<ChatDeps, "sql">,
  userId: UserId,
): Promise<void> {
  if (await hasGroupPlace(deps, userId)) return;
  throw new OperationError(
    "limit_reached",
    `You are in ${JOINED_GROUP_DMS_MAX} group conversations already; leave one first.`,
  );
}

/** Whether so many people fit into one conversation. @throws OperationError `limit_reached` */
export function requirePeopleFit(count: number): void {
  const { maxGroupPeople: max } = limits.authority;
  if (count <= max) return;
  throw new OperationError(
    "limit_reached",
    `A group conversation has at most ${max} people, invited ones too, and this would be ${count}.`,
  );
}

/** How many are in it with these, ms. */
export function countWith(
  authority: Authority,
  more: readonly UserId[],
  nowMs: number,
): number {
  return new Set([...groupPeople(authority, nowMs), ...more]).size;
}
