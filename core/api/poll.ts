import { z } from "zod";

/** A question with answers to choose from, and how often each was chosen. */
export const Poll = z.object({
  question: z.string(),
  options: z.array(z.object({
    text: z.string(),
    votes: z.number().int(),
  })).describe("2 to 20; choices are indexes of these"),
  multiple: z.boolean().describe("Several answers can be chosen"),
  ends_ts: z.number().int().nullable().describe("Later votes do not count, ms; null: no end"),
  ended_ts: z.number().int().nullable().describe("When somebody ended it before that, ms"),
  voters: z.number().int().describe("People who chose something"),
  chosen: z.array(z.number().int()).describe("The viewer's own choice; empty: none"),
});
export type Poll = z.infer<typeof Poll>;

/** A poll as it travels in dispatches: the same bytes for every viewer. */
export const PollFrame = Poll.omit({ chosen: true });
export type PollFrame = z.infer<typeof PollFrame>;
