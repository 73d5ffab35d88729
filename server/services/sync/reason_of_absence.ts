import type { UserId } from "../../../core/ids/user_id.ts";
import type { Room } from "../../rooms/room.ts";

/** Why somebody is not in a room any more. */
export function reasonOfAbsence(room: Room, userId: UserId): "banned" | "left" | "kicked" {
  const event = room.authority.view.get("m.room.member", userId);
  if (event?.pdu.content["membership"] === "ban") return "banned";
  return event?.pdu.sender === userId ? "left" : "kicked";
}
