import { BIT, type Right, RIGHT_NAMES } from "../../../core/permissions/bits.ts";

/** What an entry says of a right. */
export type Choice = "allow" | "inherit" | "deny";

export interface ChoiceChange {
  readonly right: Right;
  readonly from: Choice;
  readonly to: Choice;
}

interface Sides {
  readonly allow: bigint;
  readonly deny: bigint;
}

function choiceOf({ allow, deny }: Sides, right: Right): Choice {
  return (allow & BIT[right]) !== 0n ? "allow" : (deny & BIT[right]) !== 0n ? "deny" : "inherit";
}

/** What differs between two entries for the same role or member, right by right. */
export function diffEntries(before: Sides, after: Sides): ChoiceChange[] {
  return RIGHT_NAMES.flatMap((right): ChoiceChange[] => {
    const from = choiceOf(before, right);
    const to = choiceOf(after, right);
    return from === to ? [] : [{ right, from, to }];
  });
}

/** Rights that were given and taken between two sets of bits. */
export function diffBits(before: bigint, after: bigint): { given: Right[]; taken: Right[] } {
  const changed = before ^ after;
  const named = RIGHT_NAMES.filter((right) => (changed & BIT[right]) !== 0n);
  return {
    given: named.filter((right) => (after & BIT[right]) !== 0n),
    taken: named.filter((right) => (before & BIT[right]) !== 0n),
  };
}

/** The entries of a channel with that of one target put in, or taken out where it says nothing. */
export function withEntry<Entry extends { target: string; allow: string; deny: string }>(
  entries: readonly Entry[],
  entry: Entry,
): Entry[] {
  const others = entries.filter(({ target }) => target !== entry.target);
  return entry.allow === "0" && entry.deny === "0" ? others : [...others, entry];
}
