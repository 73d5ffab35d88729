import type { PollFrame } from "../../../core/api/poll.ts";
import type { PollContent } from "../../../core/event/kinds/poll.ts";
import type { JsonObject } from "../../../core/event/json.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { choicesOf, pollOf } from "../../../core/rules/polls.ts";
import type { StoredEvent } from "../../postgres/event_rows.ts";
import type { Queryable } from "../../postgres/sql.ts";
import { countBallots, type CountRow, findPollEnds, type PollRef } from "./poll_rows.ts";

/** A poll with its numbers, and what the viewer chose. */
export interface ProjectedPoll {
  readonly frame: PollFrame;
  readonly chosen: readonly number[];
}

/** What a stored event asks; undefined where it is no poll that can be read. */
export function pollOfRow(row: StoredEvent): PollContent | undefined {
  if (row.type !== "m.poll" || row.withheld || row.redactedBy !== undefined) return undefined;
  const content = row.held?.pdu.content ??
    (JSON.parse(row.pdu) as { content: JsonObject }).content;
  return pollOf({ type: row.type, content });
}

export function refOf(row: StoredEvent, poll: PollContent): PollRef {
  return {
    id: row.eventId,
    channelId: row.channelId ?? "",
    sender: row.sender,
    options: poll.options.length,
    multiple: poll.multiple === true,
    endsTs: poll.ends_ts,
  };
}

/** Those of the rows of a room that are polls, with their votes; two queries whatever theirs. */
export async function projectPolls(
  sql: Queryable,
  input: {
    readonly roomId: string;
    readonly rows: readonly StoredEvent[];
    readonly viewer: UserId | null;
  },
): Promise<ReadonlyMap<string, ProjectedPoll>> {
  const { roomId, viewer } = input;
  const found = input.rows.flatMap((row) => {
    const poll = pollOfRow(row);
    return poll === undefined ? [] : [{ poll, ref: refOf(row, poll) }];
  });
  if (found.length === 0) return new Map();
  const polls = found.map(({ ref }) => ref);
  const [counts, ended] = await Promise.all([
    countBallots(sql, { roomId, polls, viewer }),
    findPollEnds(sql, roomId, polls),
  ]);
  return new Map(found.map(({ poll, ref }) => [
    ref.id,
    view(poll, { counted: counts.find((row) => row.id === ref.id), endedTs: ended.get(ref.id) }),
  ]));
}

function view(
  poll: PollContent,
  { counted, endedTs }: {
    readonly counted: CountRow | undefined;
    readonly endedTs: number | undefined;
  },
): ProjectedPoll {
  const votes = new Map(counted?.options.map((at, n) => [at, counted.votes[n] ?? 0]));
  return {
    frame: {
      question: poll.question,
      options: poll.options.map((text, at) => ({ text, votes: votes.get(at) ?? 0 })),
      multiple: poll.multiple === true,
      ends_ts: poll.ends_ts ?? null,
      ended_ts: endedTs ?? null,
      voters: counted?.voters ?? 0,
    },
    chosen: choicesOf(counted?.own ?? 0),
  };
}
