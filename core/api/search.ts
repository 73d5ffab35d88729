import { z } from "zod";
import { NEAR_NAMES_MAX } from "../search/near_names.ts";
import { SEARCH_CHARS_MAX } from "../search/query.ts";
import { Message } from "./message.ts";
import { defineOperation } from "./operation.ts";

export const UnknownName = z.object({
  filter: z.enum(["from", "in", "mentions"]),
  name: z.string().describe("As it was typed"),
  near: z.array(z.string()).max(NEAR_NAMES_MAX).describe("What may have been meant, nearest first"),
});
export type UnknownName = z.infer<typeof UnknownName>;

export const searchMessages = defineOperation({
  id: "searchMessages",
  scope: "read",
  method: "GET",
  path: "/client/v1/rooms/:room_id/search",
  tag: "messages",
  summary:
    "Find messages of a guild, its private channels included, or of a conversation; the newest first",
  auth: "user",
  params: z.object({ room_id: z.string() }),
  query: z.object({
    q: z.string().min(1).max(SEARCH_CHARS_MAX).describe(
      'Words (their beginning is enough), "phrases", and filters: from: in: mentions: (names or ids), ' +
        "has: (file, image, video, audio, link, poll), before: after: during: (2026, 2026-03 or 2026-03-28)",
    ),
    cursor: z.string().max(100).optional().describe("`next` of the page before"),
    utc_offset: z.coerce.number().int().min(-1440).max(1440).default(0).describe(
      "Minutes by which the caller's clock is ahead of UTC: when days begin",
    ),
    limit: z.coerce.number().int().min(1).max(50).default(25),
  }),
  result: z.object({
    messages: z.array(Message),
    next: z.string().nullable().describe(
      "Ask again with it for older ones; a page may have fewer than `limit` and still a next",
    ),
    count: z.number().int().describe("How many there are, as far as they were counted"),
    count_has_more: z.boolean(),
    unknown: z.array(UnknownName).describe(
      "Names in filters that fit nobody and no channel the caller may see",
    ),
    indexing: z.boolean().describe("Older messages are still being taken into the index"),
    encrypted_channels: z.number().int().describe(
      "Private channels of the guild that the caller is in and this server cannot read",
    ),
  }),
  errors: ["invalid", "not_found", "encrypted_room", "rate_limited", "unavailable"],
});
