import type { GuildEmoji } from "../../../core/api/guild.ts";
import { OperationError } from "../../../core/errors.ts";
import { EMOJI_NAME } from "../../../core/event/kinds/kind.ts";
import type { MediaUri } from "../../../core/ids/media_uri.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Authority } from "../../../core/permissions/authority.ts";
import type { TaggedRow } from "../../postgres/row_kind.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openGuild, requireRight } from "../chat/place.ts";
import { claimPicture } from "../media/claim_picture.ts";
import { beginUse, endUse } from "../media/media_row_kinds.ts";
import { endRemoteUse } from "../media/remote/remote_use_rows.ts";
import { EMOJI_TYPE, emojiUri, GUILD_EMOJI_MAX, projectEmoji } from "./project_emoji.ts";
import { withReason } from "./update_guild.ts";

const KEY = /^:([0-9A-Za-z_]{2,32}):$/;

/** @throws OperationError `invalid`, `forbidden`, `not_found`, `conflict`, `limit_reached` */
export async function addEmoji(
  deps: ChatDeps,
  userId: UserId,
  input: {
    readonly guildId: string;
    readonly name: string;
    readonly uri: string;
    readonly reason?: string | undefined;
  },
): Promise<GuildEmoji> {
  const { name } = input;
  const room = await openManaged(deps, userId, input.guildId);
  if (!EMOJI_NAME.test(name)) {
    throw new OperationError(
      "invalid",
      `An emoji cannot be called ${JSON.stringify(name.slice(0, 64))}: take 2 to 32 of the ` +
        "letters a to z, digits and underscores.",
      { details: { field: "name" } },
    );
  }
  const picture = await claimPicture(deps, {
    owner: userId,
    raw: input.uri,
    kind: "emoji",
    field: "uri",
  });
  await room.changeControl((authority) => {
    requireFree(authority, name);
    return {
      intents: [{
        type: EMOJI_TYPE,
        sender: userId,
        stateKey: name,
        content: withReason({ ...picture }, input.reason),
      }],
      rows: beginUse(picture.uri, useOf(room.id, name), deps.clock.now()),
    };
  });
  return { name, uri: picture.uri };
}

/** @throws OperationError `forbidden`, `not_found` */
export async function removeEmoji(
  deps: ChatDeps,
  userId: UserId,
  input: { readonly guildId: string; readonly name: string },
): Promise<void> {
  const { name } = input;
  const room = await openManaged(deps, userId, input.guildId);
  await room.changeControl((authority) => {
    if (emojiUri(authority, name) === undefined) {
      throw new OperationError(
        "not_found",
        `This guild has no emoji ${JSON.stringify(`:${name.slice(0, 64)}:`)}.`,
      );
    }
    const use = useOf(room.id, name);
    return {
      intents: [{ type: EMOJI_TYPE, sender: userId, stateKey: name, content: {} }],
      rows: [...endUse(use), endRemoteUse(use)],
    };
  });
}

/**
 * Throws `invalid` where a reaction is written like a guild's emoji, `:name:`, and the guild of
 * its room has none of that name. `guild`: undefined in conversations, which have none.
 */
export function requireKnownEmoji(guild: Room | undefined, key: string): void {
  const name = KEY.exec(key)?.[1];
  if (name === undefined) return;
  if (guild !== undefined && emojiUri(guild.authority, name) !== undefined) return;
  throw new OperationError("invalid", `There is no emoji ${key} here.`, {
    details: { field: "key" },
  });
}

/** Rows by which a guild's emoji use their pictures in the room it goes on in. */
export function carriedEmoji(
  deps: Pick<ChatDeps, "serverName" | "clock">,
  old: Authority,
  roomId: RoomId,
): TaggedRow[] {
  return projectEmoji(old).flatMap(({ name, uri }) =>
    uri.startsWith(`mxc://${deps.serverName}/`)
      ? beginUse(uri as MediaUri, useOf(roomId, name), deps.clock.now())
      : []
  );
}

const useOf = (roomId: RoomId, name: string) =>
  ({ kind: "emoji", subject: `${roomId}/${name}`, roomId }) as const;

async function openManaged(deps: ChatDeps, userId: UserId, guildId: string): Promise<Room> {
  const room = await openGuild(deps, userId, guildId);
  const rights = room.authority.base(userId, deps.clock.now());
  requireRight(rights, "MANAGE_EXPRESSIONS", "change the emoji");
  return room;
}

/** Another picture under a name in use would change what was said with it. */
function requireFree(authority: Authority, name: string): void {
  if (emojiUri(authority, name) !== undefined) {
    throw new OperationError(
      "conflict",
      `There is an emoji :${name}: already; remove it first or take another name.`,
      { details: { field: "name" } },
    );
  }
  if (projectEmoji(authority).length < GUILD_EMOJI_MAX) return;
  throw new OperationError(
    "limit_reached",
    `This guild has ${GUILD_EMOJI_MAX} emoji, which is the most; remove one first.`,
  );
}
