import {
  BIT,
  formatBits,
  holds,
  parseBits,
  RIGHT_NAMES,
  RIGHTS,
} from "../../core/permissions/bits.ts";

export function readBits(bits: string): bigint {
  return parseBits(bits) ?? 0n;
}

/**
 * Bits of a role as its form says. Boxes the visitor could not change are not sent by the
 * browser: those rights stay as they were.
 */
export function roleBits(form: FormData, before: string, own: bigint): string {
  const chosen = new Set(form.getAll("right"));
  let bits = readBits(before);
  for (const right of RIGHT_NAMES) {
    if (!holds(own, right)) continue;
    bits = chosen.has(right) ? bits | BIT[right] : bits & ~BIT[right];
  }
  return formatBits(bits);
}

/** Allow and deny of an entry as its form says, under the same rule. */
export function entryBits(
  form: FormData,
  before: { allow: string; deny: string },
  own: bigint,
): { allow: string; deny: string } {
  let allow = readBits(before.allow);
  let deny = readBits(before.deny);
  for (const right of RIGHT_NAMES) {
    if (!RIGHTS[right].inChannel || !holds(own, right)) continue;
    const choice = form.get(`right-${right}`);
    if (choice === null) continue;
    allow = choice === "allow" ? allow | BIT[right] : allow & ~BIT[right];
    deny = choice === "deny" ? deny | BIT[right] : deny & ~BIT[right];
  }
  return { allow: formatBits(allow), deny: formatBits(deny) };
}
