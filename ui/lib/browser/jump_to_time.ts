import { t } from "../i18n/t.ts";
import type { ChatState } from "../store/chat.ts";
import { placeKey, type TalkPlace } from "../store/place.ts";
import { loadSpan, openPlace } from "./history.ts";
import { showToast } from "./toast.ts";

/** Goes to the first message at or after a time (ms); to the last one where all are older. */
export async function jumpToTime(state: ChatState, place: TalkPlace, ts: number): Promise<void> {
  await loadSpan(state, place, { at_ts: ts });
  const { messages, missing } = state.windowOf(placeKey(place)).value;
  const at = messages.find((message) => message.order >= ts) ?? messages.at(-1);
  if (missing !== undefined || at === undefined) return;
  if (at.order < ts) showToast(state, t("date.nothing"));
  // Anew even where that message was gone to before.
  state.place.value = { ...place, focus: null };
  openPlace(state, { ...place, focus: at.id }, "none");
}
