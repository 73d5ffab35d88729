import type { DispatchData } from "../../../core/api/gateway.ts";
import type { ControlEvent } from "../../../core/event/event.ts";
import { carriesOut } from "../../../core/permissions/stay.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Room } from "../../rooms/room.ts";

/** What a person is told who is not in a room any more. */
export type Absence = Pick<DispatchData<"guild.remove">, "until_ts"> & {
  readonly reason: "banned" | "ended" | "left" | "kicked";
};

/** Why somebody is not in a room any more. */
export function reasonOfAbsence(room: Room, userId: UserId): Absence {
  return absenceBy(room, room.authority.view.get("m.room.member", userId), userId);
}

/** What the membership event says that ended it; of a ban with an end, until when. */
export function absenceBy(
  room: Room,
  event: ControlEvent | undefined,
  userId: UserId,
): Absence {
  const { membership, until } = event?.pdu.content ?? {};
  if (membership === "ban") {
    return { reason: "banned", ...(typeof until === "number" ? { until_ts: until } : {}) };
  }
  const stay = room.authority.view.get("m.member.stay", userId);
  if (event !== undefined && stay !== undefined && carriesOut(event, stay)) {
    return { reason: "ended" };
  }
  return { reason: event?.pdu.sender === userId ? "left" : "kicked" };
}
