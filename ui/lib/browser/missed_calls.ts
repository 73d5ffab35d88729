import type { Dm } from "../../../core/api/gateway.ts";
import type { ChatState } from "../store/chat.ts";
import { callApi, reasonOf } from "./browser_api.ts";
import { showToast } from "./toast.ts";

/** Rings those again who did not come. */
export function ringAgain(state: ChatState, { room_id, channel_id }: Dm): void {
  callApi("ringVoice", { params: { room_id, channel_id } })
    .then(({ people }) => state.voice.takeRung({ room_id, channel_id, people }))
    .catch((error) => showToast(state, reasonOf(error), true));
}

export function forgetMissed(state: ChatState, { room_id, channel_id }: Dm): void {
  callApi("forgetMissedCall", { params: { room_id, channel_id } })
    .catch((error) => showToast(state, reasonOf(error), true));
}
