import type { GuildEmoji } from "../../../core/api/guild.ts";
import { OperationError } from "../../../core/errors.ts";
import type { EmojiContent } from "../../../core/event/kinds/emoji.ts";
import { EMOJI_NAME } from "../../../core/event/kinds/kind.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { limits } from "../../../core/limits.ts";
import type { Authority } from "../../../core/permissions/authority.ts";
import type { TaggedRow } from "../../postgres/row_kind.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openGuild, requireRight } from "../chat/place.ts";
import { claimPicture } from "../media/claim_picture.ts";
import { beginUse, endUse } from "../media/media_row_kinds.ts";
import { endRemoteUse } from "../media/remote/remote_use_rows.ts";
import {
  EMOJI_TYPE,
  findEmoji,
  GUILD_EMOJI_MAX,
  type HeldEmoji,
  heldEmoji,
} from "./project_emoji.ts";
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
  requireName(name);
  const picture = await claimPicture(deps, {
    owner: userId,
    raw: input.uri,
    kind: "emoji",
    field: "uri",
  });
  await room.changeControl((authority) => {
    requireFree(authority, name);
    requireRoom(authority);
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
    const { key } = requireEmoji(authority, name);
    const use = useOf(room.id, key);
    return {
      intents: [{ type: EMOJI_TYPE, sender: userId, stateKey: key, content: {} }],
      rows: [...endUse(use), endRemoteUse(use)],
    };
  });
}

/**
 * Calls an emoji otherwise; where it was written with a name it had, it stays itself.
 * @throws OperationError `invalid`, `forbidden`, `not_found`, `conflict`, `limit_reached`
 */
export async function renameEmoji(
  deps: ChatDeps,
  userId: UserId,
  input: {
    readonly guildId: string;
    readonly name: string;
    readonly to: string;
    readonly reason?: string | undefined;
  },
): Promise<GuildEmoji> {
  const { name, to } = input;
  const room = await openManaged(deps, userId, input.guildId);
  requireName(to);
  await room.changeControl((authority) => {
    const emoji = requireEmoji(authority, name);
    if (to === name) return { intents: [] };
    if (!emoji.former.includes(to)) requireFree(authority, to);
    return {
      intents: [{
        type: EMOJI_TYPE,
        sender: userId,
        stateKey: emoji.key,
        content: withReason({ ...renamed(emoji, to) }, input.reason),
      }],
    };
  });
  const { uri, former } = requireEmoji(room.authority, to);
  return { name: to, uri, former: [...former] };
}

/** The content of an emoji under another name. */
function renamed({ key, name, former, content }: HeldEmoji, to: string): EmojiContent {
  const between = [...former, name].filter((each) => each !== key && each !== to);
  if (between.length > limits.content.maxEmojiFormerNames) {
    throw new OperationError(
      "limit_reached",
      `:${name}: was called ${former.length} other names before, and what was said with them ` +
        "still shows it. It cannot have more; take one of those, or add it anew.",
      { details: { field: "name" } },
    );
  }
  const { uri, blake3, animated } = content;
  return {
    ...(uri === undefined ? {} : { uri }),
    ...(blake3 === undefined ? {} : { blake3 }),
    ...(animated === undefined ? {} : { animated }),
    ...(to === key ? {} : { name: to }),
    ...(between.length === 0 ? {} : { former: between }),
  };
}

/**
 * Throws `invalid` where a reaction is written like a guild's emoji, `:name:`, and the guild of
 * its room has none of that name. `guild`: undefined in conversations, which have none.
 */
export function requireKnownEmoji(guild: Room | undefined, key: string): void {
  const name = KEY.exec(key)?.[1];
  if (name === undefined) return;
  if (guild !== undefined && findEmoji(guild.authority, name) !== undefined) return;
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
  return heldEmoji(old).flatMap(({ key, uri }) =>
    uri.startsWith(`mxc://${deps.serverName}/`)
      ? beginUse(uri, useOf(roomId, key), deps.clock.now())
      : []
  );
}

const useOf = (roomId: RoomId, key: string) =>
  ({ kind: "emoji", subject: `${roomId}/${key}`, roomId }) as const;

async function openManaged(deps: ChatDeps, userId: UserId, guildId: string): Promise<Room> {
  const room = await openGuild(deps, userId, guildId);
  const rights = room.authority.base(userId, deps.clock.now());
  requireRight(rights, "MANAGE_EXPRESSIONS", "change the emoji");
  return room;
}

function requireName(name: string): void {
  if (EMOJI_NAME.test(name)) return;
  throw new OperationError(
    "invalid",
    `An emoji cannot be called ${JSON.stringify(name.slice(0, 64))}: take 2 to 32 of the ` +
      "letters a to z, digits and underscores.",
    { details: { field: "name" } },
  );
}

/** The emoji that is called so now. */
function requireEmoji(authority: Authority, name: string): HeldEmoji {
  const emoji = findEmoji(authority, name);
  if (emoji?.name === name) return emoji;
  throw new OperationError(
    "not_found",
    `This guild has no emoji ${JSON.stringify(`:${name.slice(0, 64)}:`)}.`,
  );
}

/** Another picture under a name in use would change what was said with it. */
function requireFree(authority: Authority, name: string): void {
  const known = findEmoji(authority, name);
  if (known === undefined) return;
  throw new OperationError(
    "conflict",
    known.name === name
      ? `There is an emoji :${name}: already; remove it first or take another name.`
      : `:${name}: is what :${known.name}: was called before, and what was said with it still ` +
        "shows that; take another name.",
    { details: { field: "name" } },
  );
}

function requireRoom(authority: Authority): void {
  if (heldEmoji(authority).length < GUILD_EMOJI_MAX) return;
  throw new OperationError(
    "limit_reached",
    `This guild has ${GUILD_EMOJI_MAX} emoji, which is the most; remove one first.`,
  );
}
