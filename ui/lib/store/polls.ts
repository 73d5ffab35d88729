import type { DispatchData } from "../../../core/api/gateway.ts";
import type { Message } from "../../../core/api/message.ts";

/** The numbers of a poll as they are now, and the viewer's own choice where that was told. */
export function applyPoll(
  message: Message,
  told: DispatchData<"message.poll">,
  selfId: string,
): Message {
  const { poll } = message;
  if (!poll) return message;
  const own = told.ballots.find((ballot) => ballot.user_id === selfId);
  return {
    ...message,
    poll: {
      ...poll,
      options: poll.options.map((option, at) => ({ ...option, votes: told.votes[at] ?? 0 })),
      voters: told.voters,
      ended_ts: told.ended_ts,
      chosen: own?.choices ?? poll.chosen,
    },
  };
}
