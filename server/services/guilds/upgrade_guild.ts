import type { Guild } from "../../../core/api/guild.ts";
import { OperationError } from "../../../core/errors.ts";
import type { ControlEvent } from "../../../core/event/event.ts";
import type { EventId } from "../../../core/ids/event_id.ts";
import { parseMediaUri } from "../../../core/ids/media_uri.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Authority } from "../../../core/permissions/authority.ts";
import { replacementOf } from "../../../core/rules/succession.ts";
import { contentOf, textOf } from "../../rooms/content.ts";
import type { ControlIntent } from "../../rooms/control_tip.ts";
import { successorGenesis } from "../../rooms/genesis.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openGuild } from "../chat/place.ts";
import type { RemoteRooms } from "../chat/remote_rooms.ts";
import { viewGuild } from "../chat/view_guild.ts";
import { requireOwner } from "./delete_guild.ts";
import { carryPrivate } from "./carry_private.ts";
import { carriedEmoji } from "./guild_emoji.ts";
import { iconUse } from "./guild_icon.ts";

/** Bans that are made anew per transaction. */
const BANS_PER_BATCH = 200;

/** Types that are copied as they are, in this order: what an event rests on comes before it. */
const COPIED: readonly string[] = [
  "m.guild.roles",
  "m.guild.role",
  "m.room.history_visibility",
  "m.room.server_acl",
  "m.guild.meta",
  "m.guild.emoji",
  "m.channel.policy",
  "m.channel.meta",
  "m.guild.welcome",
];

/**
 * Lets a guild go on in a new room: with its owner, roles, channels, bans and emoji, and without
 * its history; private channels are made anew. Members follow by themselves, each by their own server. PROTOCOL.md 10 (upgrade).
 * @throws OperationError `forbidden`, `not_found`, `conflict`
 */
export async function upgradeGuild(
  deps: ChatDeps & { readonly remote: RemoteRooms },
  userId: UserId,
  guildId: string,
): Promise<Guild> {
  const old = await openGuild(deps, userId, guildId);
  const tombstone = await closeRoom(old, userId);
  const { authority } = old;
  const next = await deps.rooms.create(
    successorGenesis(deps.rng, {
      creator: userId,
      federate: authority.room.federate,
      predecessor: { room_id: old.id, tombstone },
      copied: copiedState(authority, userId),
    }),
    userId,
    (roomId) => [
      ...iconRows(deps, old, roomId),
      ...carriedEmoji(deps, authority, roomId),
    ],
  );
  await copyBans(next, authority, userId);
  await nameReplacement(old, next.id, userId);
  await carryPrivate(deps, { userId, old, next });
  await deps.sql`update invites set guild_id = ${next.id} where guild_id = ${old.id}`;
  await deps.sql`update guild_templates set guild_id = ${next.id} where guild_id = ${old.id}`;
  return await viewGuild(deps, next, userId);
}

/**
 * The tombstone that the successor names. It cannot name the successor: no event can hold the id
 * of a room whose id its own id is part of. One that a crash left is used.
 */
async function closeRoom(old: Room, userId: UserId): Promise<EventId> {
  let known: ControlEvent | undefined;
  const [made] = await old.changeControl((authority) => {
    requireOwner(old, userId, "let the guild go on in a new room");
    if (replacementOf(authority.view) !== undefined) {
      throw new OperationError("conflict", "This guild goes on in a new room already.");
    }
    known = authority.view.get("m.room.tombstone", "");
    return { intents: known?.pdu.sender === userId ? [] : [tombstoneBy(userId, { closed: true })] };
  });
  const tombstone = made ?? known;
  if (tombstone === undefined) throw new Error("a tombstone was made or is there");
  return tombstone.id;
}

function tombstoneBy(sender: UserId, content: ControlIntent["content"]): ControlIntent {
  return { type: "m.room.tombstone", sender, stateKey: "", content };
}

async function nameReplacement(old: Room, replacement: RoomId, userId: UserId): Promise<void> {
  await old.changeControl(() => ({
    intents: [tombstoneBy(userId, { closed: true, replacement })],
  }));
}

function copiedState(authority: Authority, sender: UserId): ControlIntent[] {
  return COPIED.flatMap((type) =>
    [...authority.view.entriesOf(type)].flatMap(([stateKey, event]): ControlIntent[] => {
      const content = contentOf(event);
      const closed = type.startsWith("m.channel.") &&
        authority.channels().get(stateKey as never)?.closed !== false;
      if (content === undefined || closed) return [];
      const { reason: _why, ...kept } = content;
      return [{ type, sender, stateKey, content: kept }];
    })
  );
}

function iconRows(deps: Pick<ChatDeps, "serverName" | "clock">, old: Room, roomId: RoomId) {
  const icon = textOf(contentOf(old.authority.view.get("m.guild.meta", "")), "icon") ?? "";
  const uri = icon.startsWith(`mxc://${deps.serverName}/`) ? parseMediaUri(icon) : undefined;
  return uri === undefined ? [] : iconUse(roomId, uri, deps.clock.now());
}

async function copyBans(next: Room, old: Authority, owner: UserId): Promise<void> {
  const bans = [...old.view.entriesOf("m.room.member")].filter(([, event]) =>
    event.pdu.content["membership"] === "ban"
  );
  for (let at = 0; at < bans.length; at += BANS_PER_BATCH) {
    await next.changeControl(() => ({
      intents: bans.slice(at, at + BANS_PER_BATCH).map(([stateKey, event]) => ({
        type: "m.room.member",
        sender: owner,
        stateKey,
        content: event.pdu.content,
      })),
    }));
  }
}
