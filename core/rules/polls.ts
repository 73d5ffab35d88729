import type { JsonObject } from "../event/json.ts";
import { readContent } from "../event/kinds/kind.ts";
import { type PollContent, pollKind } from "../event/kinds/poll.ts";

/** Choices of a poll as bits, the first option the lowest: each option counts once. PROTOCOL.md 7. */
export function maskOf(choices: readonly number[]): number {
  return choices.reduce((mask, choice) => mask | (1 << choice), 0);
}

/** The options of a mask, ascending. */
export function choicesOf(mask: number): number[] {
  const choices: number[] = [];
  for (let choice = 0; mask >> choice > 0; choice++) {
    if ((mask >> choice & 1) === 1) choices.push(choice);
  }
  return choices;
}

/** What is wrong with choices for a poll, for who makes them; undefined: nothing. PROTOCOL.md 7. */
export function ballotFault(
  choices: readonly number[],
  poll: { readonly options: number; readonly multiple: boolean },
): string | undefined {
  const stranger = choices.find((choice) => choice >= poll.options);
  if (stranger !== undefined) {
    return `Option ${stranger} is not in this poll: it has the options 0 to ${poll.options - 1}.`;
  }
  return poll.multiple || new Set(choices).size <= 1
    ? undefined
    : "This poll takes one answer: choose one of them.";
}

/** Question and options, a line each: as they are searched for and reported. */
export function pollWords({ question, options }: PollContent): string {
  return [question, ...options].join("\n");
}

/** A poll out of the content of an event; undefined where it is none, or of another shape. */
export function pollOf(
  { type, content }: { readonly type: string; readonly content: JsonObject | undefined },
): PollContent | undefined {
  if (type !== pollKind.type || content === undefined) return undefined;
  const poll = readContent(pollKind, content);
  // What people voted on does not change under their votes: a poll that edits is no poll.
  return poll?.relates_to?.kind === "edit" ? undefined : poll;
}
