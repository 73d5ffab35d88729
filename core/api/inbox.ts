import { z } from "zod";
import { Message } from "./message.ts";
import { defineOperation } from "./operation.ts";

export const listMentions = defineOperation({
  id: "listMentions",
  scope: "read",
  method: "GET",
  path: "/client/v1/account/mentions",
  tag: "messages",
  summary:
    "Messages that mention the caller, by name, role or @everyone, and answers to them, of every guild and conversation that may be read now; the newest first",
  auth: "user",
  query: z.object({
    cursor: z.string().max(200).optional().describe("`next` of the page before"),
    limit: z.coerce.number().int().min(1).max(50).default(25),
  }),
  result: z.object({
    messages: z.array(Message).describe(
      "Which of a channel's are new: the first so many as its read state counts mentions",
    ),
    next: z.string().nullable().describe(
      "Ask again with it for older ones; a page may have fewer than `limit` and still a next",
    ),
  }),
  errors: ["invalid"],
});
