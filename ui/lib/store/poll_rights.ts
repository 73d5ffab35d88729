import type { Message } from "../../../core/api/message.ts";
import { isPollOver } from "../../../core/rules/poll_over.ts";
import { can } from "../format/rights.ts";
import type { ChatState } from "./chat.ts";
import { messageRights } from "./message_rights.ts";
import { channelOf } from "./place.ts";

/** Whether the viewer may vote in a poll of the open place, as long as it is not over. */
export function mayVote(state: ChatState, message: Message): boolean {
  if (message.unsealed) return false;
  const place = state.place.value;
  if (place.kind === "dm") return true;
  const channel = channelOf(state.known, place);
  return channel !== undefined && !channel.encrypted && !channel.archived &&
    can(channel.permissions, message.thread_id === undefined ? "SEND" : "SEND_IN_THREADS");
}

/** Whether a message of the open place is a poll that the viewer may end. */
export function mayEndPoll(state: ChatState, message: Message): boolean {
  const own = message.author.id === state.self.value.user.id;
  return message.poll !== undefined && !isPollOver(message.poll, state.now.value) &&
    mayVote(state, message) && (own || messageRights(state).manage);
}
