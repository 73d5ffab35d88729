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
