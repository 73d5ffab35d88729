import { z } from "zod";
import { limits } from "../limits.ts";
import { Message } from "./message.ts";
import { defineOperation } from "./operation.ts";
import { User } from "./user.ts";

/** Longest texts in characters; the bounds of their event, in bytes, lie above them. */
export const POLL_QUESTION_CHARS = 300;
export const POLL_OPTION_CHARS = 100;
export const POLL_OPTIONS_MIN = 2;
export const POLL_OPTIONS_MAX = limits.content.maxPollOptions;
/** How long a poll with an end is open, in seconds. */
export const POLL_SECONDS_MIN = 3600;
export const POLL_SECONDS_MAX = 7 * 86_400;

const Room = z.object({ room_id: z.string() });
const PollParams = Room.extend({ event_id: z.string() });
const Choice = z.number().int().min(0).max(POLL_OPTIONS_MAX - 1);
const tag = "polls";

export const createPoll = defineOperation({
  id: "createPoll",
  method: "POST",
  path: "/client/v1/rooms/:room_id/polls",
  tag,
  summary: "Ask a question; the same nonce again answers with the first poll",
  auth: "user",
  scope: "write:messages",
  params: Room,
  body: z.object({
    channel_id: z.string().default("main").describe("`main` in DMs and private channels"),
    thread_id: z.string().optional().describe("Of a thread in the channel: its root"),
    question: z.string().max(POLL_QUESTION_CHARS),
    options: z.array(z.string().max(POLL_OPTION_CHARS)).min(POLL_OPTIONS_MIN).max(POLL_OPTIONS_MAX)
      .describe("All different"),
    multiple: z.boolean().default(false).describe("Several answers can be chosen"),
    open_s: z.number().int().min(POLL_SECONDS_MIN).max(POLL_SECONDS_MAX).nullable().default(null)
      .describe("Takes votes for so long, in seconds; null: until somebody ends it"),
    nonce: z.string().min(1).max(64).optional(),
  }),
  result: Message,
  errors: [
    "invalid",
    "forbidden",
    "not_found",
    "encrypted_room",
    "slow_mode",
    "rate_limited",
    "unavailable",
  ],
});

export const votePoll = defineOperation({
  id: "votePoll",
  method: "PUT",
  path: "/client/v1/rooms/:room_id/polls/:event_id/vote",
  tag,
  summary: "Vote, vote otherwise, or take one's vote back with no choices; everybody can see it",
  auth: "user",
  scope: "write:messages",
  params: PollParams,
  body: z.object({ choices: z.array(Choice).max(POLL_OPTIONS_MAX) }),
  result: Message,
  errors: [
    "invalid",
    "forbidden",
    "not_found",
    "encrypted_room",
    "conflict",
    "limit_reached",
    "rate_limited",
    "unavailable",
  ],
});

export const endPoll = defineOperation({
  id: "endPoll",
  method: "POST",
  path: "/client/v1/rooms/:room_id/polls/:event_id/end",
  tag,
  summary: "End one's own poll now, or another's with MANAGE_MESSAGES; again changes nothing",
  auth: "user",
  scope: "write:messages",
  params: PollParams,
  result: Message,
  errors: ["forbidden", "not_found", "rate_limited", "unavailable"],
});

export const listVoters = defineOperation({
  id: "listVoters",
  method: "GET",
  path: "/client/v1/rooms/:room_id/polls/:event_id/voters",
  tag,
  summary: "Who chose an option of a poll, by user id",
  auth: "user",
  scope: "read",
  params: PollParams,
  query: z.object({
    option: z.coerce.number().int().min(0).max(POLL_OPTIONS_MAX - 1),
    after: z.string().optional().describe("user id of the last one of the page before"),
    limit: z.coerce.number().int().min(1).max(100).default(50),
  }),
  result: z.object({ users: z.array(User), has_more: z.boolean() }),
  errors: ["invalid", "not_found"],
});
