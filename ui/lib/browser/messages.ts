import type { Message } from "../../../core/api/message.ts";
import { findEmoji } from "../format/guild_emoji.ts";
import type { ChatState } from "../store/chat.ts";
import { guildOf, placeKey, refKey, refOfKey, type TalkPlace } from "../store/place.ts";
import { applyReaction } from "../store/window.ts";
import { callApi, reasonOf } from "./browser_api.ts";
import { updateHeld } from "./dispatch.ts";
import { isEncrypted, privacyOf } from "./privacy.ts";
import { tellRead } from "./tell_read.ts";
import { showToast } from "./toast.ts";

export async function editMessage(state: ChatState, message: Message, body: string): Promise<void> {
  const key = refKey(message);
  updateHeld(state, key, message.id, (held) => ({ ...held, body, edited_ts: Date.now() }));
  try {
    const edited = isEncrypted(state, message.room_id)
      ? await (await privacyOf(state)).edit(message, body)
      : await callApi("editMessage", {
        params: { room_id: message.room_id, event_id: message.id },
        body: { body },
      });
    updateHeld(state, key, message.id, () => edited);
  } catch (error) {
    updateHeld(state, key, message.id, () => message);
    showToast(state, reasonOf(error), true);
  }
}

/** Adds one's reaction, or takes it back where it stands already. */
export async function toggleReaction(
  state: ChatState,
  message: Message,
  chosen: string,
): Promise<void> {
  const guild = guildOf(state.known, state.place.value);
  const emoji = findEmoji(guild, chosen);
  // What an emoji was called when somebody reacted with it first is what it counts as there.
  const held = message.reactions.find(({ key }) => key === chosen) ??
    (emoji && message.reactions.find(({ key }) => findEmoji(guild, key) === emoji));
  const key = held?.key ?? chosen;
  const added = !held?.me;
  const ref = refKey(message);
  const count = (held?.count ?? 0) + (added ? 1 : -1);
  const userId = state.self.value.user.id;
  updateHeld(
    state,
    ref,
    message.id,
    (current) => applyReaction(current, { key, userId, added, count, mine: true }),
  );
  try {
    const body = { room_id: message.room_id, event_id: message.id, key };
    const changed = isEncrypted(state, message.room_id)
      ? await (await privacyOf(state)).react(message, key, added)
      : await callApi(added ? "addReaction" : "removeReaction", { body });
    updateHeld(state, ref, message.id, () => changed);
  } catch (error) {
    updateHeld(state, ref, message.id, (current) => ({
      ...current,
      reactions: message.reactions,
    }));
    showToast(state, reasonOf(error), true);
  }
}

export async function setPinned(state: ChatState, message: Message, on: boolean): Promise<void> {
  try {
    const changed = await callApi("pinMessage", {
      params: { room_id: message.room_id, event_id: message.id },
      body: { on },
    });
    updateHeld(state, refKey(message), message.id, () => changed);
  } catch (error) {
    showToast(state, reasonOf(error), true);
  }
}

/** Takes the previews off a message for everybody. */
export async function removePreviews(state: ChatState, message: Message): Promise<void> {
  try {
    const changed = await callApi("removePreviews", {
      params: { room_id: message.room_id, event_id: message.id },
    });
    updateHeld(state, refKey(message), message.id, () => changed);
  } catch (error) {
    showToast(state, reasonOf(error), true);
  }
}

/** Clears the badge in this frame and tells the server. The marker never moves backwards. */
export function markRead(state: ChatState, place: TalkPlace): void {
  const key = placeKey(place);
  const window = state.windows.get(key)?.value;
  const last = window?.messages.at(-1);
  const read = state.reads.value.get(key);
  if (!window || !last || window.hasAfter) return;
  if (read && read.unread === 0 && read.mentions === 0) return;
  state.reads.value = new Map(state.reads.value).set(key, {
    ...refOfKey(key),
    last_read_id: last.id,
    unread: 0,
    mentions: 0,
    counted_to: Math.max(last.order, read?.counted_to ?? 0),
  });
  tellRead(refOfKey(key), { event_id: last.id })
    .catch(() => undefined); // the next visit tries again
}

/** Moves the marker back to before a message, so that it counts as new again. */
export async function markUnreadFrom(
  state: ChatState,
  place: TalkPlace,
  message: Message,
): Promise<void> {
  const key = placeKey(place);
  const messages = state.windows.get(key)?.value.messages ?? [];
  const before = messages[messages.findIndex((held) => held.id === message.id) - 1];
  try {
    const read = await tellRead(refOfKey(key), { event_id: before?.id ?? null, back: true });
    if (read === undefined) return;
    state.reads.value = new Map(state.reads.value).set(key, read);
    state.newAfter.value = new Map(state.newAfter.value).set(key, before?.id ?? null);
  } catch (error) {
    showToast(state, reasonOf(error), true);
  }
}
