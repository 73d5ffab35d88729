import type { Message } from "../../../core/api/message.ts";
import type { Sealed } from "../../../core/api/sealed.ts";
import type { User } from "../../../core/api/user.ts";
import { OperationError } from "../../../core/errors.ts";
import { limits } from "../../../core/limits.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { StoredEvent } from "../../postgres/event_rows.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { type Place, requireRight } from "../chat/place.ts";
import { admitSealed } from "../e2ee/admit_sealed.ts";
import { contentOfSealed } from "../e2ee/sealed_content.ts";
import { requireKnownEmoji } from "../guilds/guild_emoji.ts";
import type { MediaDesk } from "./attachments.ts";
import {
  findOwnReactions,
  findReactions,
  findReactors,
  findSealedReactions,
  findTimelineEvents,
  SEALED_REACTIONS_MAX,
} from "./message_rows.ts";
import { sendEffect } from "./send_effect.ts";
import { redactTargets } from "./redact_messages.ts";
import { openMessage, viewMessage } from "./view_message.ts";

/** Different reactions one message can carry. */
const REACTION_KEYS_MAX = 20;

interface ReactionInput {
  readonly roomId: string;
  readonly eventId: string;
  readonly key: string;
}

/** @throws OperationError `invalid`, `forbidden`, `not_found`, `limit_reached` */
export async function addReaction(
  deps: ChatDeps,
  userId: UserId,
  input: ReactionInput & { readonly sealed?: Sealed | undefined },
): Promise<Message> {
  const { place, row } = await openMessage(deps, userId, input);
  const { room } = place;
  const { sealed } = input;
  await admitSealed(deps, { room, sender: userId, sealed });
  if (sealed !== undefined) return await addSealed(deps, userId, { place, row, sealed });
  requireKey(input.key);
  const present = await findReactions(deps.sql, {
    roomId: room.id,
    targetIds: [row.eventId],
    viewer: userId,
  });
  const same = present.find((reaction) => reaction.key === input.key);
  if (same?.me === true) return await viewMessage(deps, userId, { place, id: row.eventId });
  requireRight(place.rights, "ADD_REACTIONS", "react");
  if (same === undefined && present.length >= REACTION_KEYS_MAX) {
    throw new OperationError(
      "limit_reached",
      `This message has ${REACTION_KEYS_MAX} different reactions already; use one of them.`,
    );
  }
  if (same === undefined) requireKnownEmoji(await guildOf(deps, room), input.key);
  const type = "m.reaction";
  const content = { relates_to: { kind: "reaction", event_id: row.eventId }, key: input.key };
  await sendEffect(place, { sender: userId, type, content });
  return await viewMessage(deps, userId, { place, id: row.eventId });
}

async function guildOf(deps: ChatDeps, room: Room): Promise<Room | undefined> {
  return room.authority.room.kind === "guild" ? room : await deps.rooms.guildOf(room);
}

/** A reaction whose key only devices know: what is the same, and how often, they count. */
async function addSealed(
  deps: ChatDeps,
  userId: UserId,
  { place, row, sealed }: {
    readonly place: Place;
    readonly row: StoredEvent;
    readonly sealed: Sealed;
  },
): Promise<Message> {
  const { room } = place;
  requireRight(place.rights, "ADD_REACTIONS", "react");
  const present = await findSealedReactions(deps.sql, room.id, [row.eventId]);
  if (present.length >= SEALED_REACTIONS_MAX) {
    throw new OperationError(
      "limit_reached",
      `This message has ${SEALED_REACTIONS_MAX} reactions already, which is the most.`,
    );
  }
  const type = "m.reaction";
  const content = {
    relates_to: { kind: "reaction", event_id: row.eventId },
    sealed: contentOfSealed(sealed),
  };
  await sendEffect(place, { sender: userId, type, content });
  return await viewMessage(deps, userId, { place, id: row.eventId });
}

/** Takes one's reaction back; nothing happens where there is none. */
export async function removeReaction(
  deps: ChatDeps & { readonly media: Pick<MediaDesk, "release"> },
  userId: UserId,
  input: ReactionInput,
): Promise<Message> {
  const { place, row } = await openMessage(deps, userId, input);
  const own = await findOwnReactions(deps.sql, {
    roomId: place.room.id,
    targetId: row.eventId,
    sender: userId,
    key: input.key,
  });
  const targets = await findTimelineEvents(deps.sql, place.room.id, own);
  if (targets.length > 0) await redactTargets(deps, userId, { place, targets });
  return await viewMessage(deps, userId, { place, id: row.eventId });
}

/** Who reacted with a key, a page at a time. @throws OperationError `not_found` */
export async function listReactors(
  deps: ChatDeps,
  userId: UserId,
  input: ReactionInput & { readonly after?: string | undefined; readonly limit: number },
): Promise<{ users: User[]; has_more: boolean }> {
  const { place, row } = await openMessage(deps, userId, input);
  const ids = await findReactors(deps.sql, {
    roomId: place.room.id,
    targetId: row.eventId,
    key: input.key,
    after: input.after,
    limit: input.limit + 1,
  });
  const page = ids.slice(0, input.limit);
  const known = await deps.users.find(page);
  return {
    users: page.flatMap((id) => known.get(id) ?? []),
    has_more: ids.length > input.limit,
  };
}

function requireKey(key: string): void {
  const bytes = new TextEncoder().encode(key).length;
  if (bytes <= limits.content.maxReactionKeyBytes && key.trim() === key) return;
  throw new OperationError(
    "invalid",
    `A reaction is one emoji or the name of one, at most ${limits.content.maxReactionKeyBytes} bytes.`,
    { details: { field: "key" } },
  );
}
