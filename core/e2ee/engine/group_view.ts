import type { GroupView } from "./calls.ts";
import { chance } from "./core.ts";
import { learnOrders } from "./order.ts";
import { CallRefused } from "./ports.ts";
import type { RoomBox } from "./room_box.ts";

const WEEK_MS = 7 * 24 * 3_600_000;

/** When a device's own keys in a group are next renewed: spread, so that a group has no bursts. */
export function renewals(box: RoomBox, spanMs = WEEK_MS) {
  const nowMs = box.core.ports.clock.now();
  const share = spanMs === WEEK_MS ? 0.75 + chance(box.core) / 4 : chance(box.core);
  return { sealed: 0, renewedMs: nowMs, renewMs: nowMs + spanMs * share };
}

/** What the server says of the room's group, or undefined where the room is not encrypted. */
export async function viewGroup(box: RoomBox): Promise<GroupView | undefined> {
  try {
    const view = await box.core.ports.transport.call("getGroup", {
      params: { room_id: box.roomId },
    });
    box.sinceMs = view.since_ts;
    await learnOrders(box, view);
    return view;
  } catch (error) {
    if (error instanceof CallRefused && isNoGroup(error)) return undefined;
    throw error;
  }
}

/** The room is gone for this user, or is not encrypted. */
function isNoGroup({ code, details }: CallRefused): boolean {
  return code === "not_found" || details["reason"] === "not_encrypted";
}
