import type { Message } from "../../../core/api/message.ts";
import type { ChatState } from "../store/chat.ts";
import { isTalk, type TalkPlace, threadPlace } from "../store/place.ts";

/** The timeline that keys are for: that of the thread while the focus is in its panel. */
export function activeTalk(state: ChatState): TalkPlace | undefined {
  const place = state.place.value;
  if (!isTalk(place)) return undefined;
  const beside = threadPlace(place);
  return beside && document.activeElement?.closest(".thread-panel") ? beside : place;
}

/** The open timeline that a message stands in. */
export function talkOf(state: ChatState, message: Message): TalkPlace | undefined {
  const place = state.place.value;
  if (message.thread_id !== undefined) return threadPlace(place);
  return isTalk(place) ? place : undefined;
}
