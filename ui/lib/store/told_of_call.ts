import { isTold } from "../../../core/rules/notify.ts";
import { attentionIn } from "./attention.ts";
import type { ChatState } from "./chat.ts";

/** Whether a call there makes a sound and a notification, as a mention there would. */
export function isToldOfCall(
  state: ChatState,
  { room_id, channel_id }: { readonly room_id: string; readonly channel_id: string },
): boolean {
  if (state.quietEnd.value !== null && !state.quiet.value.quiet_calls) return false;
  const place = { roomId: room_id, channelId: channel_id, guildId: null };
  return isTold(attentionIn(state, place), true);
}
