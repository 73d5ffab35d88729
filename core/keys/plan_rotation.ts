import { limits } from "../limits.ts";
import { type KeyEntry, usable } from "./key_entry.ts";

/** The window of a key to be made. */
export interface KeyWindow {
  readonly validFrom: number;
  readonly validUntil: number;
}

export interface RotationPlan {
  /** The own entry to sign with now: of those usable the one that began last. */
  readonly signWith: KeyEntry | undefined;
  /** A key to make now, or undefined. Made a day ahead, so that peers know it before its first use. */
  readonly create: KeyWindow | undefined;
  /** When to plan again, ms. */
  readonly nextAt: number;
}

/** How long before its first use the next key is made. */
const AHEAD_MS = 24 * 3_600_000;
/** A first key begins a little in the past, for clocks that are set back. */
const SLACK_MS = 3_600_000;

/**
 * Weekly rotation with a week of overlap, as a function of the own entries and the time: each key
 * is signed with for a week, and its window lasts another for what is still on its way.
 * `force` asks for a new key at once (`admin key rotate`). PROTOCOL.md 8.
 */
export function planRotation(
  own: readonly KeyEntry[],
  at: { readonly nowMs: number; readonly force?: boolean },
): RotationPlan {
  const { nowMs, force = false } = at;
  const newestFirst = [...own].sort((a, b) => b.valid_from - a.valid_from);
  const signWith = newestFirst.find((entry) => usable(entry, nowMs));
  const newest = newestFirst[0];
  const create = windowToCreate(newest, { nowMs, signWith, force });
  const lastFrom = create?.validFrom ?? newest?.valid_from ?? nowMs;
  const nextMake = lastFrom + limits.keys.rotateEveryMs - AHEAD_MS;
  const nextSwitch = newestFirst.map((entry) => entry.valid_from).filter((from) => from > nowMs);
  if (create !== undefined && create.validFrom > nowMs) nextSwitch.push(create.validFrom);
  return { signWith, create, nextAt: Math.max(nowMs, Math.min(nextMake, ...nextSwitch)) };
}

function windowToCreate(
  newest: KeyEntry | undefined,
  at: { nowMs: number; signWith: KeyEntry | undefined; force: boolean },
): KeyWindow | undefined {
  const fresh = windowFrom(at.nowMs - SLACK_MS);
  if (newest === undefined || at.force || at.signWith === undefined) return fresh;
  const due = newest.valid_from + limits.keys.rotateEveryMs;
  if (at.nowMs < due - AHEAD_MS) return undefined;
  return due > at.nowMs ? windowFrom(due) : fresh;
}

function windowFrom(validFrom: number): KeyWindow {
  return { validFrom, validUntil: validFrom + limits.keys.maxWindowMs };
}
