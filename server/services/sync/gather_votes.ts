import { relationOf } from "../../../core/event/relation.ts";
import { pollVoteKind } from "../../../core/event/kinds/poll_vote.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { StoredEvent } from "../../postgres/event_rows.ts";
import { heldOf } from "../../rooms/load_room.ts";

/** Votes told as one: the choice of each voter goes along. */
const GATHERED_MAX = 100;

const NOBODY: ReadonlySet<UserId> = new Set();

/** Whose votes an event tells of, by its id; nobody's: a later one tells of it too. */
export type GatheredVotes = ReadonlyMap<string, ReadonlySet<UserId>>;

/**
 * Votes of one poll that are to be told one after another are told by the last of them: it says all
 * of the poll's numbers. So a poll that thousands vote in costs its readers no more than it takes to
 * count them.
 */
export function gatherVotes(events: readonly StoredEvent[]): GatheredVotes {
  const gathered = new Map<string, ReadonlySet<UserId>>();
  const open = new Map<string, { last: string; readonly voters: Set<UserId> }>();
  for (const event of events) {
    if (event.type !== pollVoteKind.type || event.outcome !== "accepted") continue;
    const poll = relationOf(heldOf(event).pdu)?.eventId;
    if (poll === undefined) continue;
    const key = `${event.roomId} ${event.channelId} ${poll}`;
    let group = open.get(key);
    if (group === undefined || group.voters.size >= GATHERED_MAX) {
      group = { last: event.eventId, voters: new Set() };
      open.set(key, group);
    }
    // The same event can be told of twice: as it came and as it was moved or redacted.
    if (group.last !== event.eventId) gathered.set(group.last, NOBODY);
    group.last = event.eventId;
    group.voters.add(event.sender);
    gathered.set(event.eventId, group.voters);
  }
  return gathered;
}
