import type { TransportFailure } from "../ports.ts";
import { retryDelayMs } from "./backoff.ts";

export interface FailureNote {
  readonly kind: TransportFailure | "internal";
  /** For administrators; may quote what the other said. */
  readonly text: string;
  readonly atMs: number;
}

/** How a destination fares: kept across restarts. Times in ms since the epoch. */
export interface Health {
  /** In a row. */
  readonly failures: number;
  readonly failingSinceMs?: number;
  /** Not tried before. */
  readonly nextTryMs: number;
  readonly lastTryMs?: number;
  readonly lastSuccessMs?: number;
  /** The last one, also after it was overcome. */
  readonly lastError?: FailureNote;
}

export const UNTRIED: Health = { failures: 0, nextTryMs: 0 };

/** So many failures in a row open the circuit: only probes are sent, and EDUs go nowhere. */
export const CIRCUIT_OPENS_AFTER = 5;
/** A server that speaks to us is tried at once, but not more often than this. */
export const EARLY_TRY_MS = 1_000;

export type Circuit = "closed" | "trying" | "open";

/** `closed`: all is well. `trying`: it failed lately. `open`: it counts as away. */
export function circuitOf(health: Health): Circuit {
  if (health.failures === 0) return "closed";
  return health.failures < CIRCUIT_OPENS_AFTER ? "trying" : "open";
}

/** As administrators read it; `unsent`: there was nothing to send yet, so that nobody knows. */
export type Standing = "unsent" | "well" | "trying" | "away";

/** What administrators are told of a server, from what was last tried. */
export function standingOf(health: Health): Standing {
  const circuit = circuitOf(health);
  if (circuit !== "closed") return circuit === "open" ? "away" : "trying";
  return health.lastSuccessMs === undefined ? "unsent" : "well";
}

/** A transaction was taken, at `nowMs`: the outage, if there was one, is over; its error is still shown. */
export function afterSuccess(health: Health, nowMs: number): Health {
  return {
    failures: 0,
    nextTryMs: 0,
    lastTryMs: nowMs,
    lastSuccessMs: nowMs,
    ...(health.lastError === undefined ? {} : { lastError: health.lastError }),
  };
}

/**
 * A transaction failed: the next try is later the longer the outage lasts, by chance within a
 * range, and after `askedMs`, the pause that the other server asked for, within the longest one.
 */
export function afterFailure(
  health: Health,
  failure: {
    readonly note: FailureNote;
    /** Random, 0 to 1. */
    readonly chance: number;
    readonly askedMs?: number | undefined;
  },
): Health {
  const failures = health.failures + 1;
  const nowMs = failure.note.atMs;
  const failingSinceMs = health.failingSinceMs ?? nowMs;
  // A clock that was set back makes no outage longer.
  const outageMs = Math.max(0, nowMs - failingSinceMs);
  return {
    ...health,
    failures,
    failingSinceMs,
    lastTryMs: nowMs,
    lastError: failure.note,
    nextTryMs: nowMs +
      retryDelayMs({ failures, outageMs, chance: failure.chance, askedMs: failure.askedMs }),
  };
}

/**
 * How long the pause after a failure still lasts, ms; at most 0 where it is over. A last try that
 * lies ahead means that the clock was set back since: the pause says nothing any more.
 */
export function untilNextTry(health: Health, nowMs: number): number {
  return (health.lastTryMs ?? 0) > nowMs ? 0 : health.nextTryMs - nowMs;
}

/** The other has just spoken to us: try at once, unless it was tried a moment ago. */
export function afterSignOfLife(health: Health, nowMs: number): Health {
  if (health.failures === 0 || untilNextTry(health, nowMs) <= 0) return health;
  const earliest = (health.lastTryMs ?? 0) + EARLY_TRY_MS;
  return { ...health, nextTryMs: Math.min(health.nextTryMs, Math.max(nowMs, earliest)) };
}

/** An administrator asks for it now. */
export function afterRequest(health: Health, nowMs: number): Health {
  return { ...health, nextTryMs: Math.min(health.nextTryMs, nowMs) };
}
