import type { GroupDm } from "../../../core/api/gateway.ts";
import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { groupPeople } from "../../../core/permissions/group_people.ts";
import { guestIntents } from "../../rooms/genesis.ts";
import { requireDeviceRoom } from "../e2ee/device_room.ts";
import { isEncrypted } from "../e2ee/room_encryption.ts";
import { admitGuests, type GroupDeps, namedOthers, tellGuests } from "./group_guests.ts";
import { countWith, openGroupDm, requirePeopleFit } from "./group_place.ts";
import { viewGroupDm } from "./view_group_dm.ts";

/**
 * Adds people to a conversation of several: anybody in it may, whom they may write to.
 * @throws OperationError `not_found`, `forbidden`, `conflict`, `limit_reached`, `rate_limited`,
 *   `unavailable`
 */
export async function addGroupPeople(
  deps: GroupDeps,
  userId: UserId,
  input: { readonly roomId: string; readonly userIds: readonly string[] },
): Promise<GroupDm> {
  const room = await openGroupDm(deps, userId, input.roomId);
  const named = namedOthers(userId, input.userIds);
  const nowMs = deps.clock.now();
  const present = groupPeople(room.authority, nowMs);
  requirePeopleFit(countWith(room.authority, named, nowMs));
  for (const user of named) requireOutside(room.authority.isJoined(user), user);
  const guests = await admitGuests(deps, userId, { named, present: [...present, ...named] });
  if (isEncrypted(room.authority)) {
    const coming = guests.filter(({ letIn }) => letIn).map(({ user }) => user);
    await requireDeviceRoom(deps, room, coming);
  }
  await room.changeControl((authority) => {
    requirePeopleFit(countWith(authority, named, nowMs));
    for (const { user } of guests) requireOutside(authority.isJoined(user), user);
    return {
      intents: guests.flatMap((guest) => guestIntents(userId, guest, nowMs)),
      rows: tellGuests(deps, room.id, guests),
    };
  });
  deps.remote.wake();
  return await viewGroupDm(deps, room, userId);
}

function requireOutside(isJoined: boolean, user: UserId): void {
  if (!isJoined) return;
  throw new OperationError("conflict", `${user} is in this conversation already.`);
}
