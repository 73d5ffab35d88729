import {
  createPoll as createOperation,
  endPoll as endOperation,
  listVoters as listOperation,
  votePoll as voteOperation,
} from "../../../../../../core/api/polls.ts";
import { createPoll, endPoll, listVoters, votePoll } from "../../../../../services/polls/polls.ts";
import { type Route, route } from "../../../../route.ts";
import type { ChatRouteDeps } from "../../../chat_route_deps.ts";

/** Polls: small operations that belong together. */
export function pollRoutes(deps: ChatRouteDeps): Route[] {
  const at = (params: { readonly room_id: string; readonly event_id: string }) => ({
    roomId: params.room_id,
    eventId: params.event_id,
  });
  return [
    route(createOperation, ({ caller, params, body }) =>
      createPoll(deps, caller.userId, {
        roomId: params.room_id,
        channelId: body.channel_id,
        threadId: body.thread_id,
        question: body.question,
        options: body.options,
        multiple: body.multiple,
        openMs: body.open_s === null ? null : body.open_s * 1000,
        nonce: body.nonce,
      })),
    route(
      voteOperation,
      ({ caller, params, body }) =>
        votePoll(deps, caller.userId, { ...at(params), choices: body.choices }),
    ),
    route(endOperation, ({ caller, params }) => endPoll(deps, caller.userId, at(params))),
    route(listOperation, ({ caller, params, query }) =>
      listVoters(deps, caller.userId, {
        ...at(params),
        option: query.option,
        after: query.after,
        limit: query.limit,
      })),
  ];
}
