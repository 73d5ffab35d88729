import type { Message } from "../../../core/api/message.ts";
import type { ChatState } from "../store/chat.ts";
import { withAnswer } from "../store/poll_answer.ts";
import { refKey } from "../store/place.ts";
import { callApi, reasonOf } from "./browser_api.ts";
import { updateAnywhere } from "./dispatch.ts";
import { showToast } from "./toast.ts";

/** Takes the server's answer to what was asked while the poll was shown as in `before`. */
function take(state: ChatState, before: Message, changed: Message): void {
  const { room_id, channel_id } = changed;
  updateAnywhere(
    state,
    refKey({ room_id, channel_id }),
    changed.id,
    (held) => withAnswer(held, { before, changed }),
  );
}

/** Sets what the viewer chose; none: the vote is taken back. Answers whether it was taken. */
export async function castVote(
  state: ChatState,
  message: Message,
  choices: readonly number[],
): Promise<boolean> {
  try {
    const changed = await callApi("votePoll", {
      params: { room_id: message.room_id, event_id: message.id },
      body: { choices: [...choices] },
    });
    take(state, message, changed);
    return true;
  } catch (error) {
    showToast(state, reasonOf(error), true);
    return false;
  }
}

/** Ends a poll now. @throws ApiError where the server refuses it */
export async function endPoll(state: ChatState, message: Message): Promise<void> {
  const changed = await callApi("endPoll", {
    params: { room_id: message.room_id, event_id: message.id },
  });
  take(state, message, changed);
}
