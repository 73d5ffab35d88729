import type { TimelineEvent } from "../../core/event/event.ts";
import type { JsonObject } from "../../core/event/json.ts";
import { writeCanonical } from "../../core/event/json_write.ts";
import type { EventRow } from "../postgres/event_rows.ts";

/** An accepted message, or another event of a timeline, as the log stores it; times in ms. */
export function timelineRow(
  event: TimelineEvent,
  at: { readonly order: number; readonly receivedTs: number },
): EventRow {
  const { pdu } = event;
  return {
    roomId: event.roomId,
    eventId: event.id,
    hash: event.hash,
    type: pdu.type,
    channelId: pdu.channel_id,
    sender: pdu.sender,
    originTs: pdu.origin_ts,
    order: at.order,
    outcome: "accepted",
    receivedTs: at.receivedTs,
    withheld: event.withheld,
    pdu: writeCanonical(pdu as unknown as JsonObject),
    held: event,
  };
}
