import type { Message } from "../../../core/api/message.ts";
import { can } from "../format/rights.ts";
import { t } from "../i18n/t.ts";
import type { ChatState } from "../store/chat.ts";
import { channelOf, placeKey, type TalkPlace } from "../store/place.ts";
import { showToast } from "./toast.ts";

/** Most messages deleted at once; the operation's own bound. */
export const SELECTED_MAX = 100;

/** One's own messages, and with the right to manage everybody's. */
export function maySelect(state: ChatState, message: Message): boolean {
  if (message.redacted) return false;
  if (message.author.id === state.self.value.user.id) return true;
  const place = state.place.value;
  return place.kind === "channel" &&
    can(channelOf(state.known, place)?.permissions ?? "0", "MANAGE_MESSAGES");
}

/** Begins to choose messages, with one chosen already where it is given. */
export function beginSelection(state: ChatState, first?: Message): void {
  state.selection.value = first === undefined ? [] : [first];
}

export function endSelection(state: ChatState): void {
  state.selection.value = null;
}

/** Chooses a message or lets it go; with `range` everything from the last chosen one to it. */
export function toggleSelected(
  state: ChatState,
  place: TalkPlace,
  { message, range }: { readonly message: Message; readonly range: boolean },
): void {
  const chosen = state.selection.value;
  if (chosen === null || !maySelect(state, message)) return;
  const has = chosen.some((each) => each.id === message.id);
  if (has && !range) {
    state.selection.value = chosen.filter((each) => each.id !== message.id);
    return;
  }
  const added = range ? between(state, place, { from: chosen.at(-1), to: message }) : [message];
  const fresh = added.filter((each) => !chosen.some((held) => held.id === each.id));
  const next = [...chosen, ...fresh];
  if (next.length > SELECTED_MAX) showToast(state, t("select.most", { n: SELECTED_MAX }));
  state.selection.value = next.slice(0, SELECTED_MAX);
}

function between(
  state: ChatState,
  place: TalkPlace,
  { from, to }: { readonly from: Message | undefined; readonly to: Message },
): Message[] {
  const { messages } = state.windowOf(placeKey(place)).value;
  const ends = [messages.findIndex((each) => each.id === from?.id), messages.indexOf(to)];
  if (ends.some((at) => at < 0)) return [to];
  return messages.slice(Math.min(...ends), Math.max(...ends) + 1)
    .filter((message) => maySelect(state, message));
}
