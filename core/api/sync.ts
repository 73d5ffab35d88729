import { z } from "zod";
import { type DispatchName, Snapshot } from "./gateway.ts";
import { defineOperation } from "./operation.ts";

/** Longest wait of one poll. */
export const SYNC_WAIT_MS = 60_000;

/** A dispatch outside a WebSocket; `t` and `d` as in the gateway. */
export interface SyncDispatch {
  readonly t: DispatchName;
  readonly d: unknown;
}

export const sync = defineOperation({
  id: "sync",
  scope: "read",
  method: "GET",
  path: "/client/v1/sync",
  tag: "gateway",
  summary:
    "Long poll: without `since` a snapshot at once, with it what happened since, waiting for the first thing where nothing did",
  auth: "user",
  waits: true,
  query: z.object({
    since: z.string().max(2000).optional().describe("Position of the last answer"),
    timeout_ms: z.coerce.number().int().min(0).max(SYNC_WAIT_MS).default(30_000),
  }),
  result: z.object({
    position: z.string().describe("`since` of the next call"),
    snapshot: Snapshot.optional().describe("Without `since`"),
    dispatches: z.array(z.object({ t: z.string(), d: z.unknown() })),
    reset: z.string().optional().describe(
      "Why the position cannot be resumed: call again without `since`",
    ),
  }),
  errors: ["invalid", "unavailable", "limit_reached"],
});

/** So long somebody counts as there after a page without a live connection said so, ms. */
export const VISIT_MS = 70_000;
/** How often such a page says so: tabs out of sight are woken once a minute at the most, ms. */
export const VISIT_AGAIN_MS = 25_000;

export const stayHere = defineOperation({
  id: "stayHere",
  scope: "account:write",
  method: "GET",
  path: "/client/v1/account/here",
  tag: "gateway",
  summary:
    "Somebody is here without a live connection, as on a page of settings: they appear as they have chosen until `for_ms` after the last call",
  auth: "user",
  result: z.object({ for_ms: z.number().int() }),
  errors: [],
});

export const events = defineOperation({
  id: "events",
  scope: "read",
  method: "GET",
  path: "/client/v1/events",
  tag: "gateway",
  summary:
    "Server-sent events: `ready` with a snapshot, then dispatches by name; the id of an event is the position, and `Last-Event-ID` resumes",
  auth: "user",
  query: z.object({
    position: z.string().max(2000).optional().describe("Where no Last-Event-ID can be sent"),
  }),
  binaryResult: true,
  result: z.unknown(),
  errors: ["invalid", "unavailable", "limit_reached"],
});
