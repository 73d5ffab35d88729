import type { ChatState } from "../store/chat.ts";
import { callApi } from "./browser_api.ts";
import { setRelationship } from "./relationships.ts";

export type FriendAct = "accept" | "remove" | "block" | "unblock";

const OPERATIONS = {
  accept: "acceptFriend",
  remove: "removeFriend",
  block: "blockUser",
  unblock: "unblockUser",
} as const;

/** Asks somebody of any server. Throws what the server says where it refuses. */
export async function askFriend(state: ChatState, userId: string): Promise<void> {
  setRelationship(state, await callApi("askFriend", { body: { user_id: userId } }));
}

export async function actOnFriend(
  state: ChatState,
  userId: string,
  act: FriendAct,
): Promise<void> {
  const answer = await callApi(OPERATIONS[act], { params: { user_id: userId } });
  setRelationship(state, answer);
}
