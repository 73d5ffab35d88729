import type { Message } from "../../../core/api/message.ts";
import { PUSH } from "../../../core/api/push.ts";
import { plainTextOf } from "../../../core/event/plain_text.ts";
import { mentionsIn } from "../../../core/event/mention_tokens.ts";
import type { ChannelId } from "../../../core/ids/channel_id.ts";
import { parseUserId, serverOf, type UserId } from "../../../core/ids/user_id.ts";
import type { User } from "../../../core/api/user.ts";
import { contentOf, textOf } from "../../rooms/content.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { messageNotFound } from "../chat/place.ts";
import { channelName } from "../guilds/project_guild.ts";
import { openMessage, viewRow } from "../messages/view_message.ts";
import { threadOfRow } from "../messages/thread_of.ts";
import { hasBlocked } from "../relationships/relationship_rows.ts";
import { findReaders } from "./told_rows.ts";

type NoteDeps = Pick<ChatDeps, "sql" | "rooms" | "users" | "clock" | "serverName">;

/** What a notification about a message shows, as the user may see it now. @throws OperationError `not_found` */
export async function pushNote(
  deps: NoteDeps,
  userId: UserId,
  input: { readonly roomId: string; readonly eventId: string },
) {
  const { place, row } = await openMessage(deps, userId, input);
  if (await hasBlocked(deps.sql, [userId, row.sender])) throw messageNotFound();
  const { room, channelId } = place;
  const [message, guild, [reader], language] = await Promise.all([
    viewRow(deps, userId, { place, row }),
    room.authority.room.kind === "guild" ? room : deps.rooms.guildOf(room),
    findReaders(deps.sql, {
      message: row,
      userIds: [userId],
      rootId: threadOfRow(room.authority, row),
    }),
    languageOf(deps, userId),
  ]);
  return {
    author: message.author,
    name: message.nickname ?? nameOf(message.author),
    ...(message.webhook && { webhook: true as const }),
    guild: guild === undefined ? null : {
      id: guild.id,
      name: textOf(contentOf(guild.authority.view.get("m.guild.meta", "")), "name") ?? "",
    },
    channel: {
      room_id: room.id,
      id: channelId,
      name: channelName(room.authority, channelId),
      private: room.authority.room.kind === "private",
    },
    thread_id: message.thread_id ?? null,
    text: await lineOf(deps, guild, message),
    sealed: message.sealed !== undefined,
    read: reader?.hasRead === true,
    language,
  };
}

async function languageOf({ sql }: NoteDeps, userId: UserId): Promise<string | null> {
  const [row] = await sql<{ language: string | null }[]>`
    select language from users where user_id = ${userId}`;
  return row?.language ?? null;
}

function nameOf({ id, display_name }: User): string {
  return display_name ?? id.slice(1, -serverOf(id as UserId).length - 1);
}

async function lineOf(
  deps: NoteDeps,
  guild: Room | undefined,
  message: Message,
): Promise<string> {
  const source = message.body.slice(0, PUSH.textChars);
  const named = mentionsIn(source).flatMap((token) =>
    token.kind === "user" ? parseUserId(token.id) ?? [] : []
  );
  const people = await deps.users.find(named);
  return plainTextOf(source, {
    user: (id) => {
      const user = people.get(id as UserId);
      return user === undefined ? id.slice(1) : nameOf(user);
    },
    role: (id) =>
      textOf(contentOf(guild?.authority.view.get("m.guild.role", id)), "name") ?? undefined,
    channel: (id) => guild && channelName(guild.authority, id as ChannelId),
  });
}
