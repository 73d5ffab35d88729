import type { Message } from "../../../core/api/message.ts";
import { t } from "../i18n/t.ts";
import type { ChatState } from "../store/chat.ts";
import { refKey, refOfKey } from "../store/place.ts";
import { callApi, reasonOf } from "./browser_api.ts";
import { updateHeld } from "./dispatch.ts";
import { endSelection } from "./select_messages.ts";
import { showToast } from "./toast.ts";

/** The message as it stands once this person has deleted it. */
function deleted(state: ChatState, held: Message, reason: string): Message {
  return {
    ...held,
    body: "",
    media: [],
    reactions: [],
    redacted: { by: state.self.value.user.id, reason: reason === "" ? null : reason },
  };
}

export async function deleteMessage(
  state: ChatState,
  message: Message,
  reason: string,
): Promise<void> {
  try {
    await callApi("redactMessages", {
      body: {
        room_id: message.room_id,
        channel_id: message.channel_id,
        event_ids: [message.id],
        ...(reason === "" ? {} : { reason }),
      },
    });
    updateHeld(state, refKey(message), message.id, (held) => deleted(state, held, reason));
  } catch (error) {
    showToast(state, reasonOf(error), true);
  }
}

/** Deletes what is chosen and says how it went. Resolves false where nothing was deleted. */
export async function deleteSelected(
  state: ChatState,
  reason: string,
): Promise<boolean> {
  const { key, chosen } = state.selection.value ?? { key: "", chosen: [] };
  const { room_id, channel_id } = refOfKey(key);
  try {
    const { redacted, refused } = await callApi("redactMessages", {
      body: {
        room_id,
        channel_id,
        event_ids: chosen.map((message) => message.id),
        ...(reason === "" ? {} : { reason }),
      },
    });
    for (const id of redacted) {
      updateHeld(state, key, id, (held) => deleted(state, held, reason));
    }
    showToast(state, t("select.deleted", { n: redacted.length }));
    if (refused.length > 0) showToast(state, t("select.refused", { n: refused.length }), true);
    endSelection(state);
    return true;
  } catch (error) {
    showToast(state, reasonOf(error), true);
    return false;
  }
}
