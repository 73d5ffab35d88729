import type { Invitation } from "../../../core/api/invitations.ts";
import type { ChatState } from "../store/chat.ts";
import { callApi, reasonOf } from "./browser_api.ts";
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

/** It goes from the list at once and comes back only where the server refused the answer. */
export async function answerInvitation(
  state: ChatState,
  invitation: Invitation,
  answer: "accept" | "decline",
): Promise<void> {
  dropInvitation(state, invitation.room_id);
  const params = { room_id: invitation.room_id };
  try {
    await callApi(answer === "accept" ? "acceptInvitation" : "declineInvitation", { params });
  } catch (error) {
    setInvitation(state, invitation);
    showToast(state, reasonOf(error), true);
  }
}
