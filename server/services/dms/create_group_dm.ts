import type { GroupDm } from "../../../core/api/gateway.ts";
import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { groupDmGenesis } from "../../rooms/genesis.ts";
import { groupDmRows } from "./group_dm_rows.ts";
import { admitGuests, type GroupDeps, namedOthers, tellGuests } from "./group_guests.ts";
import { requireGroupPlace, requirePeopleFit } from "./group_place.ts";
import { viewGroupDm } from "./view_group_dm.ts";

/** With fewer others it is a conversation of two. */
const OTHERS_MIN = 2;

/**
 * Begins a conversation of several; whoever begins it owns it.
 * @throws OperationError `invalid`, `not_found`, `forbidden`, `limit_reached`, `rate_limited`,
 *   `unavailable`
 */
export async function createGroupDm(
  deps: GroupDeps,
  userId: UserId,
  input: { readonly userIds: readonly string[]; readonly name?: string | undefined },
): Promise<GroupDm> {
  const named = namedOthers(userId, input.userIds);
  if (named.length < OTHERS_MIN) {
    throw new OperationError(
      "invalid",
      `A group conversation begins with at least ${OTHERS_MIN} other people; with one it is an ordinary conversation.`,
      { details: { field: "user_ids" } },
    );
  }
  requirePeopleFit(named.length + 1);
  await requireGroupPlace(deps, userId);
  const guests = await admitGuests(deps, userId, { named, present: [userId, ...named] });
  const room = await deps.rooms.create(
    groupDmGenesis(deps.rng, {
      creator: userId,
      name: input.name ?? null,
      guests,
      nowMs: deps.clock.now(),
    }),
    userId,
    (roomId) => [
      groupDmRows.of({ roomId, createdTs: deps.clock.now() }),
      ...tellGuests(deps, roomId, guests),
    ],
  );
  deps.remote.wake();
  return await viewGroupDm(deps, room, userId);
}
