import { withTexts } from "../i18n/later.ts";
import type { Privacy } from "../e2ee/privacy.ts";
import type { ChatState } from "../store/chat.ts";

const opening = new WeakMap<ChatState, Promise<Privacy>>();

/** What opens and seals the messages of encrypted conversations: fetched when there is one. */
export function privacyOf(state: ChatState): Promise<Privacy> {
  let found = opening.get(state);
  if (!found) {
    found = withTexts(import("../e2ee/privacy.ts")).then(({ Privacy }) => new Privacy(state));
    opening.set(state, found);
    // A script that did not come is asked for again the next time.
    found.catch(() => opening.delete(state));
  }
  return found;
}

/** Whether what is said in a room is for its devices alone. */
export function isEncrypted(state: ChatState, roomId: string): boolean {
  return state.dms.value.some((dm) => dm.encrypted && dm.room_id === roomId) ||
    state.guilds.value.some((guild) =>
      guild.channels.some((channel) => channel.encrypted && channel.room_id === roomId)
    );
}
