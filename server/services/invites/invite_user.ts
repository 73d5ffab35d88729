import { OperationError } from "../../../core/errors.ts";
import { serverOf, type UserId } from "../../../core/ids/user_id.ts";
import { parseRoomId } from "../../../core/ids/room_id.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { requireUserId } from "../chat/place.ts";

/**
 * Invites one user into a guild or private channel. Somebody of this server who is a member of
 * the private channel's guild is let in at once: they are not strangers.
 * @throws OperationError `invalid`, `forbidden`, `not_found`, `conflict`
 */
export async function inviteUser(
  deps: ChatDeps,
  userId: UserId,
  input: { readonly roomId: string; readonly userId: string },
): Promise<void> {
  const room = await deps.rooms.openFor(userId, input.roomId);
  const target = requireUserId(input.userId);
  if (serverOf(target) === deps.serverName) await requireAccount(deps, target);
  const letIn = await isKnown(deps, room.authority.room.guild, target);
  await room.changeControl((authority) => {
    if (authority.isJoined(target)) {
      throw new OperationError("conflict", `${target} is a member already.`);
    }
    const intents = [{
      type: "m.room.member",
      sender: userId,
      stateKey: target,
      content: { membership: "invite" },
    }];
    if (letIn) {
      intents.push({
        type: "m.room.member",
        sender: target,
        stateKey: target,
        content: { membership: "join" },
      });
    }
    return { intents };
  });
}

async function isKnown(
  deps: Pick<ChatDeps, "rooms" | "serverName">,
  guildId: string | undefined,
  target: UserId,
): Promise<boolean> {
  const id = guildId === undefined ? undefined : parseRoomId(guildId);
  if (id === undefined || serverOf(target) !== deps.serverName) return false;
  const guild = await deps.rooms.open(id);
  return guild?.authority.isJoined(target) === true;
}

/** Throws `not_found` for a name of this server that nobody has. */
export async function requireAccount(deps: Pick<ChatDeps, "sql">, userId: UserId): Promise<void> {
  const rows = await deps.sql`
    select 1 from users where user_id = ${userId} and state <> 'deactivated'`;
  if (rows.length === 0) {
    throw new OperationError("not_found", `There is no user ${userId} on this server.`);
  }
}
