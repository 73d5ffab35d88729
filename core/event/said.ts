import { messageKind } from "./kinds/message.ts";
import { pollKind } from "./kinds/poll.ts";

/** Types of events that stand in a timeline as something somebody said. */
export const SAID_TYPES: readonly string[] = [messageKind.type, pollKind.type];

/** Whether events of a type are shown as messages: they are answered, reacted to, counted. */
export function isSaid(type: string): boolean {
  return SAID_TYPES.includes(type);
}
