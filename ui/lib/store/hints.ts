import type { Guild } from "../../../core/api/guild.ts";

/** First-run hints, in the order in which they are useful. */
export type Hint = "invite" | "write" | "keys";

/** Hints are for those who came lately. */
const NEW_MS = 7 * 24 * 3_600_000;

/** The one hint that helps now; undefined where none does. */
export function hintFor(
  guild: Pick<Guild, "member_count" | "me">,
  { away, mayInvite, mayWrite, hasWritten, nowMs }: {
    /** Put away before. */
    readonly away: readonly string[];
    readonly mayInvite: boolean;
    readonly mayWrite: boolean;
    /** A message of one's own is in sight. */
    readonly hasWritten: boolean;
    readonly nowMs: number;
  },
): Hint | undefined {
  if (nowMs - guild.me.joined_ts > NEW_MS) return undefined;
  const wanted: Hint[] = [
    ...(guild.member_count === 1 && mayInvite ? ["invite" as const] : []),
    ...(hasWritten || !mayWrite ? [] : ["write" as const]),
    ...(hasWritten ? ["keys" as const] : []),
  ];
  return wanted.find((hint) => !away.includes(hint));
}
