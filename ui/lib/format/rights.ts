import { holds, parseBits, type Right } from "../../../core/permissions/bits.ts";

/** Whether a `bits` field holds a right; an owner's or administrator's bits hold them all. */
export function can(bits: string, right: Right): boolean {
  return holds(parseBits(bits) ?? 0n, right);
}
