import type { GroupDm } from "../../../core/api/gateway.ts";
import type { ChatState } from "../store/chat.ts";
import { setDm } from "../store/conversations.ts";
import { callApi } from "./browser_api.ts";
import { openPlace } from "./history.ts";

/** Begins a conversation of several and opens it. */
export async function beginGroup(
  state: ChatState,
  userIds: readonly string[],
  name: string,
): Promise<void> {
  const body = { user_ids: [...userIds], ...(name === "" ? {} : { name }) };
  const group = await callApi("createGroupDm", { body });
  setDm(state, group);
  state.overlay.value = null;
  openPlace(state, { kind: "dm", roomId: group.room_id, channelId: "main", focus: null });
}

export async function addPeople(
  state: ChatState,
  roomId: string,
  userIds: readonly string[],
): Promise<void> {
  const body = { user_ids: [...userIds] };
  setDm(state, await callApi("addGroupPeople", { params: { room_id: roomId }, body }));
  state.overlay.value = null;
}

/** Who owns a conversation when its owner leaves: whoever has been in it longest. */
export function heirOf(group: GroupDm, selfId: string) {
  if (group.owner !== selfId) return undefined;
  return group.people.find(({ user, state }) => state === "joined" && user.id !== selfId)?.user;
}
