import type { Bus } from "../../../core/ports/bus.ts";
import type { ReadNotice } from "./mark_read.ts";

const SUBJECT = "og.read";

export function publishReadNotice(bus: Bus, notice: ReadNotice): void {
  bus.publish(SUBJECT, new TextEncoder().encode(JSON.stringify(notice)));
}

/** Hears the notices of every process, this one's too. Returns the end of the subscription. */
export function subscribeReadNotices(
  bus: Bus,
  handle: (notice: ReadNotice) => void,
): () => void {
  // Only processes of this homeserver write there.
  return bus.subscribe(
    SUBJECT,
    (payload) => handle(JSON.parse(new TextDecoder().decode(payload)) as ReadNotice),
  );
}
