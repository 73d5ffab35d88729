import type { Guild } from "../../../core/api/guild.ts";
import type { Message } from "../../../core/api/message.ts";
import type { Thread } from "../../../core/api/thread.ts";
import { plainTextOf } from "../../../core/event/plain_text.ts";
import { messagePath, threadPath } from "../format/paths.ts";
import { t } from "../i18n/t.ts";
import { memberName, nameOf } from "../format/names.ts";
import type { ChatState } from "./chat.ts";
import { guildOf, isTalk, pathOf } from "./place.ts";

/** Opens the card of a user, with the guild one is in. */
export function showProfile(state: ChatState, userId: string) {
  const place = state.place.value;
  state.overlay.value = {
    kind: "profile",
    userId,
    guildId: place.kind === "channel" || place.kind === "guild" ? place.guildId : null,
  };
}

/** Permalink of a message: its time is the link. */
export function messageHref(state: ChatState, message: Message): string {
  const place = state.place.value;
  const path = isTalk(place) ? pathOf(state.known, place) : "/home";
  return messagePath(
    message.thread_id === undefined ? path : threadPath(path, message.thread_id),
    message.id,
  );
}

/** Page of the thread under a message of the open place. */
export function threadHref(state: ChatState, rootId: string): string {
  return threadPath(pathOf(state.known, state.place.value), rootId);
}

/** What a thread is called, on one line. */
export function threadName(state: ChatState, thread: Pick<Thread, "name">): string {
  return plainText(state, thread.name) || t("thread.unnamed");
}

/**
 * A piece of a message on one line: mentions by name, marks of markdown left out. `guild`: where it
 * was said, the open one where none is given.
 */
export function plainText(
  state: ChatState,
  source: string,
  guild: Guild | undefined = guildOf(state.known, state.place.value),
): string {
  return plainTextOf(source, {
    user(id) {
      const member = state.memberOf(guild?.id ?? null, id);
      return member ? memberName(member) : nameOf(state.userOf(id));
    },
    role: (id) => guild?.roles.find((role) => role.id === id)?.name,
    channel: (id) => guild?.channels.find((channel) => channel.id === id)?.name,
  });
}
