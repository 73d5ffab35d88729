import { z } from "zod";
import { User } from "./user.ts";

/** Messages that stand beside the timeline of a channel, under one of its messages. */
export const Thread = z.object({
  id: z.string().describe("The message that it began on"),
  room_id: z.string(),
  channel_id: z.string(),
  title: z.string().nullable().describe("As somebody named it; null: by the words of its root"),
  name: z.string().describe("Title, or first words of the root in markdown; may be empty"),
  starter: z.string().nullable().describe("Who wrote the root; null where that is not held"),
  archived: z.boolean().describe("Put away: by hand, or after a week of silence"),
  locked: z.boolean().describe("Only who has MANAGE_THREADS can write in it"),
  count: z.number().int().describe("Messages in it, counted up to 1000"),
  last_id: z.string().nullable().describe("The last message"),
  last_ts: z.number().int().describe("When it was sent, ms; 0 without one"),
  people: z.array(User).describe("Who wrote last, the latest first: up to 3"),
});
export type Thread = z.infer<typeof Thread>;

/** A thread that the viewer follows, or has given up following. */
export const OwnThread = z.object({ thread: Thread, following: z.boolean() });
export type OwnThread = z.infer<typeof OwnThread>;
