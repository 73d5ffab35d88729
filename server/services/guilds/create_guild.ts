import type { Guild } from "../../../core/api/guild.ts";
import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { guildGenesis } from "../../rooms/genesis.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { viewGuild } from "../chat/view_guild.ts";
import { requireGuildPlace } from "./joined_guilds.ts";
import { claimableIcon, iconUse } from "./guild_icon.ts";

/** Guilds that one user may own at once. */
export const OWNED_GUILDS_MAX = 100;

/** @throws OperationError `invalid`, `limit_reached` */
export async function createGuild(
  deps: ChatDeps,
  userId: UserId,
  input: {
    readonly name: string;
    readonly icon: string | null;
    readonly localOnly?: boolean;
  },
): Promise<Guild> {
  const icon = await claimableIcon(deps, userId, { icon: input.icon });
  await requireOwnedPlace(deps, userId);
  const room = await deps.rooms.create(
    guildGenesis(deps.rng, { ...input, creator: userId, icon: icon ?? null }),
    userId,
    (roomId) => icon ? iconUse(roomId, icon.uri, deps.clock.now()) : [],
  );
  return await viewGuild(deps, room, userId);
}

/**
 * Throws `limit_reached` where the user owns or has joined as many guilds as one may.
 */
export async function requireOwnedPlace(
  deps: Pick<ChatDeps, "sql">,
  userId: UserId,
): Promise<void> {
  const [row] = await deps.sql<{ count: number }[]>`
    select count(*)::int as count from current_state s
    join events e on e.room_id = s.room_id and e.event_id = s.event_id
    where s.type = 'm.guild.owner' and e.sender = ${userId}
      and not exists (select from group_dm_rooms d where d.room_id = s.room_id)
      and not exists (select from private_channels p where p.room_id = s.room_id)`;
  if ((row?.count ?? 0) >= OWNED_GUILDS_MAX) {
    throw new OperationError(
      "limit_reached",
      `You own ${OWNED_GUILDS_MAX} guilds already; delete one or hand one over first.`,
    );
  }
  await requireGuildPlace(deps, userId);
}
