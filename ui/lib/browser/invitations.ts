import type { Invitation } from "../../../core/api/invitations.ts";
import { effect } from "@preact/signals";
import type { ChatState } from "../store/chat.ts";
import { type Place, placeOfRoom } from "../store/place.ts";
import { callApi, reasonOf } from "./browser_api.ts";
import { openPlace } from "./history.ts";
import { showToast } from "./toast.ts";

/** Keeps the newest first. */
export function setInvitation(state: ChatState, invitation: Invitation): void {
  state.invitations.value = [invitation, ...without(state, invitation.room_id)]
    .sort((a, b) => b.received_ts - a.received_ts);
}

export function dropInvitation(state: ChatState, roomId: string): void {
  state.invitations.value = without(state, roomId);
}

function without(state: ChatState, roomId: string): Invitation[] {
  return state.invitations.value.filter((entry) => entry.room_id !== roomId);
}

/**
 * It goes from the list at once and comes back only where the server refused the answer. Whoever
 * accepts is led there, unless they have gone elsewhere meanwhile.
 */
export async function answerInvitation(
  state: ChatState,
  invitation: Invitation,
  answer: "accept" | "decline",
): Promise<void> {
  dropInvitation(state, invitation.room_id);
  const params = { room_id: invitation.room_id };
  const from = state.place.peek();
  try {
    if (answer === "decline") await callApi("declineInvitation", { params });
    else leadTo(state, (await callApi("acceptInvitation", { params })).room_id, from);
  } catch (error) {
    setInvitation(state, invitation);
    showToast(state, reasonOf(error), true);
  }
}

/** Opens the room once the server has told of it, which may be after its answer. */
function leadTo(state: ChatState, roomId: string, from: Place): void {
  effect(function () {
    const place = placeOfRoom(state.known, roomId);
    if (place === undefined && state.place.value === from) return;
    this.dispose();
    if (place !== undefined && state.place.peek() === from) openPlace(state, place);
  });
}
