import type { Message } from "../../../core/api/message.ts";
import { can } from "../format/rights.ts";
import { t } from "../i18n/t.ts";
import type { ChatState } from "../store/chat.ts";
import { channelOf } from "../store/place.ts";
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

/** Begins to choose messages of the timeline `key`, with one chosen already where it is given. */
export function beginSelection(state: ChatState, key: string, first?: Message): void {
  state.selection.value = { key, chosen: first === undefined ? [] : [first] };
}

export function endSelection(state: ChatState): void {
  state.selection.value = null;
}

/** Chooses a message or lets it go; with `range` everything from the last chosen one to it. */
export function toggleSelected(
  state: ChatState,
  { message, range }: { readonly message: Message; readonly range: boolean },
): void {
  if (state.selection.value === null || !maySelect(state, message)) return;
  const { key, chosen } = state.selection.value;
  const has = chosen.some((each) => each.id === message.id);
  if (has && !range) {
    state.selection.value = { key, chosen: chosen.filter((each) => each.id !== message.id) };
    return;
  }
  const added = range ? between(state, key, { from: chosen.at(-1), to: message }) : [message];
  const fresh = added.filter((each) => !chosen.some((held) => held.id === each.id));
  const next = [...chosen, ...fresh];
  if (next.length > SELECTED_MAX) showToast(state, t("select.most", { n: SELECTED_MAX }));
  state.selection.value = { key, chosen: next.slice(0, SELECTED_MAX) };
}

function between(
  state: ChatState,
  key: string,
  { from, to }: { readonly from: Message | undefined; readonly to: Message },
): Message[] {
  const { messages } = state.windowOf(key).value;
  const ends = [messages.findIndex((each) => each.id === from?.id), messages.indexOf(to)];
  if (ends.some((at) => at < 0)) return [to];
  return messages.slice(Math.min(...ends), Math.max(...ends) + 1)
    .filter((message) => maySelect(state, message));
}
