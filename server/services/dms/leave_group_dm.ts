import type { GroupDm } from "../../../core/api/gateway.ts";
import { OperationError } from "../../../core/errors.ts";
import { serverOf, type UserId } from "../../../core/ids/user_id.ts";
import { byJoining } from "../../../core/permissions/group_people.ts";
import type { OwnerOffers } from "../../federation/owner_offers.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { requireUserId } from "../chat/place.ts";
import { leaveRoom } from "../guilds/leave_guild.ts";
import { openGroupDm } from "./group_place.ts";
import { viewGroupDm } from "./view_group_dm.ts";

/** Servers that are asked to sign for their user, one after the other, before it goes without. */
const SERVERS_ASKED_MAX = 3;

export type LeaveDeps = Pick<ChatDeps, "log" | "away" | "serverName"> & {
  readonly owners: Pick<OwnerOffers, "handOverNow" | "withSigned">;
};

/**
 * Leaves a conversation of several. Its owner hands it over first: to whoever is in it longest of
 * those whose server signs. Where none does it has no owner; nobody is kept in by that.
 * PROTOCOL.md 5.
 */
export async function leaveGroupDm(
  deps: LeaveDeps,
  room: Room,
  userId: UserId,
): Promise<void> {
  const now = await deps.owners.withSigned(room, userId);
  if (now.authority.owner() === userId) await handOverToLongest(deps, now, userId);
  await leaveRoom(now, userId);
}

async function handOverToLongest(deps: LeaveDeps, room: Room, userId: UserId): Promise<void> {
  let failed = 0;
  for (const heir of byJoining(room.authority)) {
    const server = serverOf(heir);
    const isHere = server === deps.serverName;
    const isAway = deps.away.sinceMs(server) !== undefined || failed >= SERVERS_ASKED_MAX;
    if (heir === userId || (!isHere && isAway)) continue;
    try {
      await deps.owners.handOverNow(room, { by: userId, heir });
      return;
    } catch (error) {
      if (!(error instanceof OperationError) || isHere) throw error;
      failed++;
      deps.log.log(
        "info",
        "A group conversation could not be handed over; the next one is tried.",
        {
          heir,
          error,
        },
      );
    }
  }
}

/**
 * Removes somebody, or withdraws an invitation; one's own id: leaves.
 * @throws OperationError `not_found`, `forbidden` where it is not one's own conversation
 */
export async function removeGroupPerson(
  deps: LeaveDeps & Pick<ChatDeps, "rooms" | "clock">,
  userId: UserId,
  input: { readonly roomId: string; readonly userId: string },
): Promise<void> {
  const room = await openGroupDm(deps, userId, input.roomId);
  const target = requireUserId(input.userId);
  if (target === userId) return await leaveGroupDm(deps, room, userId);
  requireOwner(room, userId, "remove people from it");
  await room.changeControl((authority) => {
    const now = authority.membership(target, deps.clock.now());
    if (now !== "join" && now !== "invite") {
      throw new OperationError("not_found", `${target} is not in this conversation.`);
    }
    return {
      intents: [{
        type: "m.room.member",
        sender: userId,
        stateKey: target,
        content: { membership: "leave" },
      }],
    };
  });
}

/**
 * Hands the conversation over at once: whoever is in it takes it. @throws OperationError `invalid`,
 * `not_found`, `forbidden`, `unavailable` where the new owner's server does not sign
 */
export async function transferGroupDm(
  deps: LeaveDeps & ChatDeps,
  userId: UserId,
  input: { readonly roomId: string; readonly userId: string },
): Promise<GroupDm> {
  const room = await openGroupDm(deps, userId, input.roomId);
  const heir = requireUserId(input.userId);
  requireOwner(room, userId, "hand it over");
  if (heir === userId || !room.authority.isJoined(heir)) {
    throw new OperationError(
      "invalid",
      `${heir} cannot become the owner: choose another person who is in the conversation.`,
      { details: { field: "user_id" } },
    );
  }
  await deps.owners.handOverNow(room, { by: userId, heir });
  return await viewGroupDm(deps, room, userId);
}

function requireOwner(room: Room, userId: UserId, act: string): void {
  if (room.authority.owner() === userId) return;
  throw new OperationError(
    "forbidden",
    `Only ${room.authority.owner() ?? "an owner"} can ${act}: this conversation is not yours.`,
  );
}
