import { z } from "zod";
import { RECEIPT_CODES } from "../event/receipt_reason.ts";
import { defineOperation } from "./operation.ts";

/** By which of its rules a server speaks with another not at all. */
export const BARRIERS = ["self", "off", "block", "trial", "localhost", "allow"] as const;
export type Barrier = typeof BARRIERS[number];

/** Another server as one that this server sends to. */
export const Destination = z.object({
  server: z.string(),
  /**
   * `unsent`: there was nothing to send to it yet. `well`: the last attempt succeeded. `trying`: it failed lately.
   * `away`: it failed so often that it counts as unreachable. `blocked`: the settings close it out.
   * `paused`: an administrator has paused it; what it should get waits.
   */
  state: z.enum(["unsent", "well", "trying", "away", "blocked", "paused"]),
  paused_since_ts: z.number().int().nullable(),
  blocked_reason: z.string().nullable().describe("In English, for administrators"),
  blocked_code: z.enum(BARRIERS).nullable().describe(
    "The same for other languages: the server itself, `federation.enabled`, `federation.block`, " +
      "a trial here or (`localhost`) there, `federation.allow`",
  ),
  rooms: z.number().int().describe("Rooms that it shares, or shared lately, with this server"),
  waiting: z.number().int().describe("Events that it does not have yet"),
  waiting_is_more: z.boolean().describe("`waiting` was counted no further"),
  lag_ms: z.number().int().describe("Age of the oldest event that waits; 0 where none does"),
  failures: z.number().int().describe("In a row"),
  failing_since_ts: z.number().int().nullable(),
  next_try_ts: z.number().int().nullable(),
  last_success_ts: z.number().int().nullable(),
  last_error: z.object({
    kind: z.string().describe("As of federation/ports.ts, or `internal`"),
    text: z.string().describe("May quote the other server"),
    ts: z.number().int(),
  }).nullable(),
  keys_on_word: z.object({
    keys: z.number().int(),
    denied: z.number().int().describe("Of these, how many the server answers without"),
    word_of: z.array(z.string()).describe("Servers on whose word they were taken"),
  }).nullable().describe("Its keys that rest on the word of others, since it did not answer"),
  first_seen_ts: z.number().int(),
});
export type Destination = z.infer<typeof Destination>;

const params = z.object({ server: z.string().max(255) });
const tag = "admin";
const auth = "admin" as const;

export const adminListDestinations = defineOperation({
  id: "adminListDestinations",
  scope: "admin",
  method: "GET",
  path: "/client/v1/admin/federation",
  tag,
  summary: "Servers that this one sends to: those with trouble first, then by name",
  auth,
  query: z.object({
    limit: z.coerce.number().int().min(1).max(200).default(50),
    offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
  }),
  result: z.object({
    destinations: z.array(Destination),
    total: z.number().int(),
    failing: z.number().int().describe("Of all, how many failed the last time"),
  }),
  errors: ["forbidden", "invalid"],
});

export const adminGetDestination = defineOperation({
  id: "adminGetDestination",
  scope: "admin",
  method: "GET",
  path: "/client/v1/admin/federation/:server",
  tag,
  summary: "One server that this one sends to",
  auth,
  params,
  result: Destination,
  errors: ["forbidden", "invalid", "not_found"],
});

export const adminRetryDestination = defineOperation({
  id: "adminRetryDestination",
  scope: "admin",
  method: "POST",
  path: "/client/v1/admin/federation/:server/retry",
  tag,
  summary: "Send what waits at once, without waiting for the next try",
  auth,
  params,
  result: z.object({}),
  errors: ["conflict", "forbidden", "invalid", "not_found"],
});

export const adminPauseDestination = defineOperation({
  id: "adminPauseDestination",
  scope: "admin",
  method: "POST",
  path: "/client/v1/admin/federation/:server/pause",
  tag,
  summary: "Send nothing to a server by itself until it is resumed; what it should get waits",
  auth,
  params,
  result: z.object({}),
  errors: ["forbidden", "invalid", "not_found"],
});

export const adminResumeDestination = defineOperation({
  id: "adminResumeDestination",
  scope: "admin",
  method: "POST",
  path: "/client/v1/admin/federation/:server/resume",
  tag,
  summary: "Send what waited for a paused server, and go on",
  auth,
  params,
  result: z.object({}),
  errors: ["forbidden", "invalid", "not_found"],
});

export const adminTestServer = defineOperation({
  id: "adminTestServer",
  scope: "admin",
  method: "POST",
  path: "/client/v1/admin/federation/:server/test",
  tag,
  summary: "Ask a server, known or not, whether it takes a signed request of this one",
  auth,
  params,
  result: z.object({
    reachable: z.boolean(),
    ms: z.number().int().nullable().describe("How long the answer took"),
    error: z.object({ kind: z.string(), text: z.string() }).nullable(),
  }),
  errors: ["forbidden", "invalid"],
});

/** How the receipt of another server's event ended, where it was not accepted. */
export const InboundReceipt = z.object({
  id: z.number().int(),
  received_ts: z.number().int(),
  door: z.string().describe("By which way it came: send, missing, backfill, state, join, invite"),
  origin: z.string().describe("The server that handed it in"),
  outcome: z.enum(["soft_failed", "rejected", "waiting", "dropped"]),
  reason: z.string().describe("Code and sentence in English; may quote the event"),
  code: z.enum(RECEIPT_CODES).nullable().describe(
    "The same for other languages: a rule of PROTOCOL.md, or what else kept it out; null where " +
      "it was written by an earlier version",
  ),
  room_id: z.string().nullable(),
  event_id: z.string().nullable(),
  sender: z.string().nullable(),
  type: z.string().nullable(),
});
export type InboundReceipt = z.infer<typeof InboundReceipt>;

export const adminListInboundEvents = defineOperation({
  id: "adminListInboundEvents",
  scope: "admin",
  method: "GET",
  path: "/client/v1/admin/federation/events",
  tag,
  summary: "Events of other servers that were not accepted, and why: the newest first",
  auth,
  query: z.object({
    server: z.string().max(255).optional().describe("Handed in by this server"),
    room_id: z.string().max(255).optional(),
    event_id: z.string().max(255).optional(),
    outcome: z.enum(["soft_failed", "rejected", "waiting", "dropped"]).optional(),
    before: z.coerce.number().int().optional().describe("Receipts older than the one of this id"),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  result: z.object({
    events: z.array(InboundReceipt),
    waiting: z.number().int().describe("Events that wait now for what they cite, or for a key"),
  }),
  errors: ["forbidden", "invalid"],
});
