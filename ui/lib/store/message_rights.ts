import type { Message } from "../../../core/api/message.ts";
import { can } from "../format/rights.ts";
import type { ChatState } from "./chat.ts";
import { channelOf } from "./place.ts";

/** What the viewer may do with messages of the open place. */
export function messageRights(state: ChatState): { pin: boolean; manage: boolean } {
  const place = state.place.value;
  if (place.kind === "dm") return { pin: true, manage: false };
  const bits = channelOf(state.known, place)?.permissions ?? "0";
  return { pin: can(bits, "PIN"), manage: can(bits, "MANAGE_MESSAGES") };
}

export function canReact(state: ChatState): boolean {
  const place = state.place.value;
  return place.kind === "dm" ||
    can(channelOf(state.known, place)?.permissions ?? "0", "ADD_REACTIONS");
}

/** Words of one's own can be changed; those of a copy are another one's. */
export function mayEdit(state: ChatState, message: Message): boolean {
  return message.author.id === state.self.value.user.id && !message.redacted && !message.poll &&
    !message.forwarded;
}

/** What can be read here and is no vote that goes on elsewhere. */
export function mayForward(message: Message): boolean {
  return !message.redacted && !message.poll && (message.body !== "" || message.media.length > 0);
}

/** Whether there is a thread under a message to open, or one may be begun. */
export function mayThread(state: ChatState, message: Message): boolean {
  if (message.thread_id !== undefined || message.sealed || message.redacted) return false;
  if (message.thread) return true;
  // Conversations have none.
  const channel = channelOf(state.known, state.place.value);
  return channel !== undefined && !channel.encrypted && !channel.archived &&
    can(channel.permissions, "SEND_IN_THREADS");
}
