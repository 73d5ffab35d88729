import type { HeldEvent } from "../../core/event/event.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { ReadableRoom } from "./ports.ts";

/** Events read at once while walking. */
const WINDOW = 256;
/** Events looked at for one answer, however few of them belong to it. */
const LOOKED_AT_MAX = 4096;
/** Ends of the walk from which a window may begin. */
const ENDS_MAX = 1000;

export interface Walk {
  /** Absent: the control graph. */
  readonly channelId?: ChannelId;
  readonly from: readonly EventId[];
  /** These and their ancestors are known to the asker. */
  readonly until: readonly EventId[];
  readonly limit: number;
  /** What it refuses is passed through, and not answered. */
  readonly may: (event: HeldEvent) => Promise<boolean>;
}

/**
 * Ancestors of `from`, these included, but none of `until`: newest first, and each named by one
 * before it or by `from`. The graph is read in windows of its order, so that a long chain costs
 * no look-up a link; each window begins at the newest end that is left.
 */
export async function walkBack(room: ReadableRoom, walk: Walk): Promise<HeldEvent[]> {
  const { channelId, limit } = walk;
  const known = new Set(walk.until);
  const ends = new Set(walk.from);
  const seen = new Set<EventId>();
  const found: HeldEvent[] = [];
  // What the asker has may be the newer part: the first window begins above both.
  let from = [...known, ...ends];
  for (let looked = 0; looked < LOOKED_AT_MAX && ends.size > 0;) {
    const window = await room.back({
      ...(channelId === undefined ? {} : { channelId }),
      from: from.slice(0, ENDS_MAX),
      limit: WINDOW,
    });
    if (window.length === 0) break;
    for (const event of window) {
      const { id, pdu: { prev_events: parents } } = event;
      const isEnd = ends.delete(id);
      if (known.has(id)) {
        for (const parent of parents) known.add(parent);
      } else if (isEnd) {
        seen.add(id);
        if (await walk.may(event)) found.push(event);
        if (found.length >= limit) return found;
        for (const parent of parents) if (!seen.has(parent)) ends.add(parent);
      }
    }
    looked += window.length;
    from = [...ends];
  }
  return found;
}
