import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Bus } from "../../../core/ports/bus.ts";
import type { ReadNotice } from "./mark_read.ts";

const SUBJECT = "og.read";
const SEEN_SUBJECT = "og.seen";

/** Somebody of another server has read on in a conversation. */
export interface SeenNotice {
  readonly roomId: RoomId;
  /** Who has read. */
  readonly userId: UserId;
}

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

export function publishSeenNotice(bus: Bus, notice: SeenNotice): void {
  bus.publish(SEEN_SUBJECT, new TextEncoder().encode(JSON.stringify(notice)));
}

/** Hears the notices of every process, this one's too. Returns the end of the subscription. */
export function subscribeSeenNotices(
  bus: Bus,
  handle: (notice: SeenNotice) => void,
): () => void {
  // Only processes of this homeserver write there.
  return bus.subscribe(
    SEEN_SUBJECT,
    (payload) => handle(JSON.parse(new TextDecoder().decode(payload)) as SeenNotice),
  );
}
