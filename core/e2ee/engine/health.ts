import { signerOf } from "../receipt_chain.ts";
import { roomCode } from "../safety_number.ts";
import type { RoomBox } from "./room_box.ts";
import type { RoomHealth } from "./types.ts";

/** What pages show of it. */
export function healthOf(box: RoomBox): RoomHealth {
  const { order, problems = [] } = box.meta;
  const orders = box.orders ?? [];
  return {
    roomId: box.roomId,
    sequencer: box.sequencer ?? orders.at(-1)?.sequencer ??
      (order?.last && signerOf(order.last, order.first)),
    former: orders.slice(0, -1).map(({ sequencer }) => sequencer),
    successors: box.successors,
    term: order?.last?.term ?? 0,
    paused: box.troubles.has("sequencer_unreachable"),
    receipts: order?.last === undefined ? "none" : order.checked ? "checked" : "unchecked",
    code: box.group && roomCode(box.group.authenticator),
    problems,
  };
}
