import { z } from "zod";
import { ReadState } from "./channel.ts";
import { Message } from "./message.ts";
import { defineOperation } from "./operation.ts";
import { Thread } from "./thread.ts";

const Room = z.object({ room_id: z.string() });
const ThreadParams = Room.extend({
  event_id: z.string().describe("The message that the thread began on: the thread's id"),
});
/** Longest title in characters; its event's bound of 256 bytes lies above that of plain letters. */
export const THREAD_TITLE_CHARS = 100;

/** A thread with its viewer's own side of it. */
export const ThreadView = z.object({
  thread: Thread,
  root: Message.nullable().describe("Null where it is not held, or not the viewer's to read"),
  following: z.boolean(),
  read: ReadState,
});
export type ThreadView = z.infer<typeof ThreadView>;

const tag = "threads";

export const listThreads = defineOperation({
  id: "listThreads",
  scope: "read",
  method: "GET",
  path: "/client/v1/rooms/:room_id/threads",
  tag,
  summary: "Threads of a channel, the one last written in first",
  auth: "user",
  params: Room,
  query: z.object({
    channel_id: z.string().default("main").describe("`main` in DMs and private channels"),
    archived: z.enum(["yes", "no"]).default("no"),
    name: z.string().max(100).optional().describe("Words of the name to search for"),
    before: z.coerce.number().int().optional().describe("`cursor` of the page before"),
    limit: z.coerce.number().int().min(1).max(50).default(25),
  }),
  result: z.object({
    threads: z.array(Thread),
    cursor: z.number().int().nullable().describe("Null: there are no more"),
  }),
  errors: ["forbidden", "not_found"],
});

export const getThread = defineOperation({
  id: "getThread",
  scope: "read",
  method: "GET",
  path: "/client/v1/rooms/:room_id/threads/:event_id",
  tag,
  summary: "A thread by the message it began on; one that nobody wrote in yet is empty",
  auth: "user",
  params: ThreadParams,
  result: ThreadView,
  errors: ["forbidden", "not_found"],
});

export const updateThread = defineOperation({
  id: "updateThread",
  scope: "write:messages",
  method: "PATCH",
  path: "/client/v1/rooms/:room_id/threads/:event_id",
  tag,
  summary: "Name a thread, put it away, bring it back, lock it; absent keeps",
  auth: "user",
  params: ThreadParams,
  body: z.object({
    title: z.string().max(THREAD_TITLE_CHARS).optional().describe(
      "Empty: by the first words of its root",
    ),
    archived: z.boolean().optional(),
    locked: z.boolean().optional().describe("Needs MANAGE_THREADS, as others' threads do"),
  }),
  result: Thread,
  errors: ["invalid", "forbidden", "not_found", "unavailable"],
});

export const followThread = defineOperation({
  id: "followThread",
  scope: "write:messages",
  method: "PUT",
  path: "/client/v1/rooms/:room_id/threads/:event_id/follow",
  tag,
  summary: "Follow a thread, or follow it no longer",
  auth: "user",
  params: ThreadParams,
  body: z.object({ on: z.boolean() }),
  result: z.object({ following: z.boolean(), read: ReadState }),
  errors: ["forbidden", "not_found"],
});
