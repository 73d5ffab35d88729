import type { OwnerOffer } from "../../../core/api/owner_offers.ts";
import { OperationError } from "../../../core/errors.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { OwnerOffers } from "../../federation/owner_offers.ts";
import { openResident } from "../../federation/resident_rooms.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openGuild } from "../chat/place.ts";
import { projectSummary } from "./project_guild.ts";

type OfferDeps = ChatDeps & { readonly owners: OwnerOffers };

/** Guilds that are offered to the user and still can be. */
export async function listOwnerOffers(deps: OfferDeps, userId: UserId): Promise<OwnerOffer[]> {
  const rows = await deps.owners.listFor(userId);
  const offers = await Promise.all(rows.map(async (row): Promise<OwnerOffer[]> => {
    const room = await openResident(deps, row.room_id);
    if (room?.authority.owner() !== row.offered_by || !room.authority.isJoined(userId)) return [];
    return [{
      guild_id: room.id,
      name: projectSummary(room).name,
      by: await deps.users.get(row.offered_by),
      created_ts: row.created_ts,
    }];
  }));
  return offers.flat();
}

/** @throws OperationError `not_found`, `forbidden`, `unavailable` */
export async function acceptOwnerOffer(
  deps: OfferDeps,
  userId: UserId,
  guildId: string,
): Promise<void> {
  const room = await openGuild(deps, userId, guildId);
  await deps.owners.accept(room.id, userId);
}

/** @throws OperationError `not_found` */
export async function declineOwnerOffer(
  deps: OfferDeps,
  userId: UserId,
  guildId: string,
): Promise<void> {
  if (await deps.owners.drop(guildId as RoomId, userId)) return;
  throw new OperationError("not_found", "This guild is not offered to you, or no longer.");
}
