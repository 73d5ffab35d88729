import type { Message } from "../../../core/api/message.ts";

/**
 * A poll's message with the server's answer to a vote or an end. Numbers that were told since it was
 * asked are at least as new, as the live connection tells them in order: then only what the answer
 * alone may know is taken from it.
 */
export function withAnswer(
  held: Message,
  { before, changed }: { readonly before: Message; readonly changed: Message },
): Message {
  if (!held.poll || !changed.poll || held.poll === before.poll) return changed;
  const { chosen, ended_ts } = changed.poll;
  return { ...held, poll: { ...held.poll, chosen, ended_ts: held.poll.ended_ts ?? ended_ts } };
}
