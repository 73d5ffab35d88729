import { z } from "zod";
import { limits } from "../limits.ts";
import { bytesOf } from "./bytes.ts";
import { defineOperation } from "./operation.ts";
import { User } from "./user.ts";

/** Why a message is reported. */
export const ReportReason = z.enum(["harassment", "threat", "spam", "illegal", "other"]);
export type ReportReason = z.infer<typeof ReportReason>;

/** What became of a report. */
export const ReportOutcome = z.enum(["acted", "dismissed"]);
export type ReportOutcome = z.infer<typeof ReportOutcome>;

/** What a message said for a while. */
export const ReportedWording = z.object({
  event_id: z.string(),
  ts: z.number().int(),
  body: z.string().nullable().describe(
    "Markdown; null: sealed, and the reporter's device gave no key for it",
  ),
  files: z.array(z.string()).describe("Names; the files themselves are not opened"),
});
export type ReportedWording = z.infer<typeof ReportedWording>;

/** Where a reported message stands. */
export const ReportedPlace = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("channel"),
    guild_id: z.string(),
    guild: z.string().describe("Its name"),
    channel: z.string().describe("Its name"),
    private: z.boolean(),
    readable: z.boolean().describe("Whoever asks may read it there"),
  }),
  z.object({
    kind: z.literal("conversation"),
    several: z.boolean().describe("More than two can be in it"),
  }),
]);
export type ReportedPlace = z.infer<typeof ReportedPlace>;

export const Report = z.object({
  id: z.string(),
  reporter: User,
  author: User,
  room_id: z.string(),
  channel_id: z.string(),
  place: ReportedPlace.nullable().describe("Null: not on this server any more"),
  event_id: z.string(),
  said_ts: z.number().int().describe("As its author's server dated it"),
  reason: ReportReason,
  note: z.string().nullable(),
  sealed: z.boolean().describe("The words were opened with keys that the reporter gave"),
  wordings: z.array(ReportedWording).nullable().describe("Oldest first; null: forgotten"),
  created_ts: z.number().int(),
  closed: z.object({
    outcome: ReportOutcome,
    by: z.string(),
    ts: z.number().int(),
    note: z.string().nullable(),
  }).nullable(),
});
export type Report = z.infer<typeof Report>;

export const reportMessage = defineOperation({
  id: "reportMessage",
  scope: "write:messages",
  method: "POST",
  path: "/client/v1/rooms/:room_id/messages/:event_id/report",
  tag: "messages",
  summary:
    "Report a message to those who run this server; of a sealed one they see what the given keys open",
  auth: "user",
  params: z.object({ room_id: z.string().max(255), event_id: z.string().max(255) }),
  body: z.object({
    reason: ReportReason,
    note: z.string().trim().max(limits.reports.maxNoteChars).optional(),
    keys: z.array(z.object({
      event_id: z.string().max(255).describe("The message, or one of its edits"),
      key: bytesOf({ min: 32, max: 32 }).describe("The content key of that event"),
    })).max(limits.reports.maxWordings).default([]),
  }),
  result: z.object({ report_id: z.string() }),
  errors: ["not_found", "forbidden", "invalid", "limit_reached"],
});

export const adminListReports = defineOperation({
  id: "adminListReports",
  scope: "admin",
  method: "GET",
  path: "/client/v1/admin/reports",
  tag: "admin",
  summary: "Reported messages, the newest first",
  auth: "admin",
  query: z.object({
    state: z.enum(["open", "closed"]).default("open"),
    limit: z.coerce.number().int().min(1).max(100).default(50),
    before: z.string().max(100).optional().describe("`next` of the page before"),
  }),
  result: z.object({
    reports: z.array(Report),
    open: z.number().int().describe("All that are open"),
    next: z.string().nullable(),
  }),
  errors: ["forbidden", "invalid"],
});

export const adminCloseReport = defineOperation({
  id: "adminCloseReport",
  scope: "admin",
  method: "POST",
  path: "/client/v1/admin/reports/:report_id/close",
  tag: "admin",
  summary: "Say what became of a report; it is written into the audit",
  auth: "admin",
  params: z.object({ report_id: z.string().max(100) }),
  body: z.object({ outcome: ReportOutcome, note: z.string().trim().max(500).optional() }),
  result: z.object({}),
  errors: ["forbidden", "not_found", "conflict"],
});
