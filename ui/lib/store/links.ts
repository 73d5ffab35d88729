import type { Guild } from "../../../core/api/guild.ts";
import type { Message } from "../../../core/api/message.ts";
import type { Thread } from "../../../core/api/thread.ts";
import { type MentionNames, plainTextOf } from "../../../core/event/plain_text.ts";
import { messagePath, threadPath } from "../format/paths.ts";
import { t } from "../i18n/t.ts";
import { memberName, nameOf } from "../format/names.ts";
import type { ChatState } from "./chat.ts";
import type { MenuTarget } from "./menu_target.ts";
import { guildOf, type Known, pathOf, type Place } from "./place.ts";

/** Opens the card of a user, with the guild one is in. */
export function showProfile(state: ChatState, userId: string) {
  state.overlay.value = { kind: "profile", userId, guildId: guildIdHere(state) };
}

function guildIdHere(state: ChatState): string | null {
  const place = state.place.value;
  return place.kind === "channel" || place.kind === "guild" ? place.guildId : null;
}

/** What the menu of a user is about, in the guild one is in. */
export function personTarget(state: ChatState, userId: string, name: string): MenuTarget {
  return { kind: "person", userId, name, guildId: guildIdHere(state) };
}

/** Where messages stand: the address of the place, and its guild; null in a conversation. */
export interface Venue {
  readonly path: string;
  readonly guild: Guild | null;
}

export function venueOf(known: Known, place: Place): Venue {
  return { path: pathOf(known, place), guild: guildOf(known, place) ?? null };
}

/** Permalink of a message: its time is the link. */
export function messageHref({ path }: Venue, message: Message): string {
  return messagePath(
    message.thread_id === undefined ? path : threadPath(path, message.thread_id),
    message.id,
  );
}

/** What a thread is called, on one line. */
export function threadName(
  state: ChatState,
  thread: Pick<Thread, "name">,
  guild?: Guild | null,
): string {
  return plainText(state, thread.name, guild) || t("thread.unnamed");
}

/**
 * A piece of a message on one line: mentions by name, marks of markdown left out. `guild`: where it
 * was said, the open one where none is given.
 */
export function plainText(state: ChatState, source: string, guild?: Guild | null): string {
  return plainTextOf(source, mentionedNames(state, guild));
}

/** What those that a message mentions are called now; `guild` as for `plainText`. */
export function mentionedNames(
  state: ChatState,
  guild: Guild | null | undefined = guildOf(state.known, state.place.value),
): MentionNames {
  return {
    user(id) {
      const member = state.memberOf(guild?.id ?? null, id);
      return member ? memberName(member) : nameOf(state.userOf(id));
    },
    role: (id) => guild?.roles.find((role) => role.id === id)?.name,
    channel: (id) => guild?.channels.find((channel) => channel.id === id)?.name,
  };
}
