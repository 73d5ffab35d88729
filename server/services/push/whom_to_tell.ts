import { mayStayInPrivate } from "../../../core/auth/private_room.ts";
import type { NotifySetting } from "../../../core/api/notify.ts";
import type { Presence } from "../../../core/api/user.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { attentionOf, isTold, pings, threadLevel } from "../../../core/rules/notify.ts";
import { quietEnd, ringsNow } from "../../../core/rules/quiet.ts";
import type { StoredEvent } from "../../postgres/event_rows.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { isConversation } from "../dms/is_conversation.ts";
import { findMentions } from "../messages/message_rows.ts";
import { threadOfRow } from "../messages/thread_of.ts";
import { mentionsOfTargets } from "../messages/mentions.ts";
import { findReaders, findSettingsFor } from "./told_rows.ts";

type TellDeps = Pick<ChatDeps, "sql" | "rooms" | "clock" | "preferences">;

/** People with a device that is told who may read a channel, without who wrote there. */
export async function readersAmong(
  deps: Pick<ChatDeps, "rooms">,
  room: Room,
  message: { readonly stored: StoredEvent; readonly subscribed: ReadonlySet<UserId> },
): Promise<UserId[]> {
  const { stored, subscribed } = message;
  if (stored.channelId === undefined) return [];
  const viewers = room.authority.viewersOf(stored.channelId);
  const [fewer, other] = viewers.size < subscribed.size
    ? [viewers, subscribed]
    : [subscribed, viewers];
  const guild = await deps.rooms.guildOf(room);
  return [...fewer].filter((user) =>
    other.has(user) && user !== stored.sender &&
    (guild === undefined || mayStayInPrivate(room.authority, guild.authority, user))
  );
}

/**
 * Of these people those who want to be told of a message: by level and mutes of the place, of a thread
 * those who follow it of everything and others of mentions, not
 * while they do not want to be disturbed or have quiet hours, not of people whom they have blocked,
 * and not of what they have read already, on whichever device.
 */
export async function whomToTell(
  deps: TellDeps,
  room: Room,
  message: { readonly stored: StoredEvent; readonly readers: readonly UserId[] },
): Promise<UserId[]> {
  const { stored, readers } = message;
  const { channelId } = stored;
  if (readers.length === 0 || channelId === undefined) return [];
  const { kind, guild } = room.authority.room;
  const guildId = kind === "guild" ? room.id : guild ?? null;
  const rootId = threadOfRow(room.authority, stored);
  const [people, settings, targets] = await Promise.all([
    findReaders(deps.sql, { message: stored, userIds: readers, rootId }),
    findSettingsFor(deps.sql, { readers, guildId, roomId: room.id, channelId }),
    findMentions(deps.sql, room.id, [stored.eventId]),
  ]);
  const mentions = mentionsOfTargets(targets.map(({ target }) => target));
  const nowMs = deps.clock.now();
  const told: UserId[] = [];
  for (const { userId, presence, blocks, hasRead, following, quiet } of people) {
    if (presence === "dnd" || blocks || hasRead || quietEnd(quiet, nowMs) !== null) continue;
    const chosen = chosenBy(settings, { userId, guildId });
    const around = attentionOf(chosen, { conversation: isConversation(room), nowMs });
    const attention = rootId === undefined
      ? around
      : { ...around, level: threadLevel(around.level, following) };
    const roles = kind === "guild" ? room.authority.rolesOf(userId) : [];
    if (isTold(attention, pings(mentions, { userId, roles }, attention))) told.push(userId);
  }
  return told;
}

function chosenBy(
  settings: readonly (NotifySetting & { readonly user_id: UserId })[],
  { userId, guildId }: { readonly userId: UserId; readonly guildId: string | null },
) {
  const own = settings.filter((each) => each.user_id === userId);
  return {
    guild: own.find((each) => each.room_id === guildId && each.channel_id === null),
    own: own.find((each) => each.channel_id !== null),
  };
}

/** Whether somebody wants to be told of a call in a conversation now: as of a mention there. */
export async function wantsCall(
  deps: Pick<TellDeps, "sql" | "clock" | "preferences">,
  userId: UserId,
  { roomId, channelId }: { readonly roomId: string; readonly channelId: string },
): Promise<boolean> {
  const nowMs = deps.clock.now();
  const [user] = await deps.sql<{ presence: Presence }[]>`
    select presence from users where user_id = ${userId}`;
  if (user === undefined || user.presence === "dnd") return false;
  if (!ringsNow(await deps.preferences.of(userId), nowMs)) return false;
  const place = { readers: [userId], guildId: null, roomId, channelId };
  const own = (await findSettingsFor(deps.sql, place)).find((each) => each.channel_id !== null);
  return isTold(attentionOf({ own }, { conversation: true, nowMs }), true);
}
