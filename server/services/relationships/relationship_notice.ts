import type { UserId } from "../../../core/ids/user_id.ts";
import type { Bus } from "../../../core/ports/bus.ts";

/** What is between a user and another has changed: the user's devices read it anew. */
export interface RelationshipNotice {
  readonly userId: UserId;
  readonly other: UserId;
}

const SUBJECT = "og.relationship";

export function publishRelationshipNotice(bus: Bus, notice: RelationshipNotice): void {
  bus.publish(SUBJECT, new TextEncoder().encode(JSON.stringify(notice)));
}

/** Hears the notices of every process, this one's too. Returns the end of the subscription. */
export function subscribeRelationshipNotices(
  bus: Bus,
  handle: (notice: RelationshipNotice) => void,
): () => void {
  // Only processes of this homeserver write there.
  return bus.subscribe(
    SUBJECT,
    (payload) => handle(JSON.parse(new TextDecoder().decode(payload)) as RelationshipNotice),
  );
}
