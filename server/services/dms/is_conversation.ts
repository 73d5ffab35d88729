import type { Room } from "../../rooms/room.ts";

/** Whether it stands in the list of conversations: of two or of several. */
export function isConversation(room: Pick<Room, "authority">): boolean {
  const { kind } = room.authority.room;
  return kind === "dm" || kind === "group_dm";
}
