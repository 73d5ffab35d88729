import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openGuild } from "../chat/place.ts";
import { openPrivateRooms } from "../chat/view_guild.ts";
import { releaseRoomMedia } from "../media/release_media.ts";
import type { Room } from "../../rooms/room.ts";
import { projectSummary } from "./project_guild.ts";
import { forgetTemplatesOf } from "../templates/forget_templates.ts";
import { forgetMarksOf } from "../voice/marks.ts";

/** Members sent away per transaction when a guild ends. */
const KICKS_PER_BATCH = 200;

/**
 * Ends a guild: every member is sent away, the owner last, so that no server has anybody left
 * in it. Safe to repeat after a crash: the owner goes only when nobody else is there.
 * @throws OperationError `invalid` where the guard does not match, `forbidden`, `not_found`
 */
export async function deleteGuild(
  deps: ChatDeps,
  userId: UserId,
  input: { readonly guildId: string; readonly name: string },
): Promise<void> {
  const room = await openGuild(deps, userId, input.guildId);
  requireOwner(room, userId, "delete the guild");
  const { name } = projectSummary(room);
  if (input.name.trim() !== name) {
    throw new OperationError(
      "invalid",
      `To delete this guild type its name, ${JSON.stringify(name)}; you typed ${
        JSON.stringify(input.name.slice(0, 100))
      }. Nothing was deleted.`,
      { details: { field: "name" } },
    );
  }
  for (const own of await openPrivateRooms(deps, room, userId)) {
    if (own.authority.owner() === userId) await endRoom(deps, own, userId);
  }
  // Before the owner is gone, who else could not do it again after a crash.
  await forgetTemplatesOf(deps.sql, room.id);
  await endRoom(deps, room, userId);
  await forgetMarksOf(deps.sql, room.id);
}

/** Sends everybody away and lets go of the files that the room showed. */
async function endRoom(
  deps: Pick<ChatDeps, "sql" | "clock">,
  room: Room,
  owner: UserId,
): Promise<void> {
  await emptyRoom(room, owner);
  await deps.sql.begin((tx) => releaseRoomMedia(tx, { roomId: room.id, nowMs: deps.clock.now() }));
}

async function emptyRoom(room: Room, owner: UserId): Promise<void> {
  for (let others = othersIn(room, owner); others.length > 0; others = othersIn(room, owner)) {
    await room.changeControl(() => ({
      intents: others.slice(0, KICKS_PER_BATCH).map((userId) => ({
        type: "m.room.member",
        sender: owner,
        stateKey: userId,
        content: { membership: "leave", reason: "The guild was deleted." },
      })),
    }));
  }
  await room.changeControl(() => ({
    intents: [{
      type: "m.room.member",
      sender: owner,
      stateKey: owner,
      content: { membership: "leave" },
    }],
  }));
}

function othersIn(room: Room, owner: UserId): UserId[] {
  return [...room.authority.joinedUsers()].filter((userId) => userId !== owner);
}

export function requireOwner(room: Room, userId: UserId, action: string): void {
  if (room.authority.owner() === userId) return;
  throw new OperationError("forbidden", `Only the owner can ${action}.`);
}
