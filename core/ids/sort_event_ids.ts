import { compareBytes } from "./compare_bytes.ts";
import { type EventId, hashOfEventId } from "./event_id.ts";

/** The ids sorted by raw hash without duplicates: the one order of every id list in an event. PROTOCOL.md 2. */
export function sortEventIds(ids: Iterable<EventId>): EventId[] {
  if (Array.isArray(ids) && ids.length < 2) return [...ids];
  const unique = [...new Set(ids)];
  if (unique.length < 2) return unique;
  return unique
    .map((id) => ({ id, hash: hashOfEventId(id) }))
    .sort((a, b) => compareBytes(a.hash, b.hash))
    .map(({ id }) => id);
}
