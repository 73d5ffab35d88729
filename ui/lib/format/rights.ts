import { holds, parseBits, type Right } from "../../../core/permissions/bits.ts";

/** Whether a `bits` field holds a right; an owner's or administrator's bits hold them all. */
export function can(bits: string, right: Right): boolean {
  return holds(parseBits(bits) ?? 0n, right);
}

/** Whether any page of a guild's settings is theirs, beyond their own profile in it. */
export function managesGuild(bits: string): boolean {
  return (["MANAGE_GUILD", "MANAGE_ROLES", "MANAGE_CHANNELS", "BAN", "VIEW_AUDIT_LOG"] as const)
    .some((right) => can(bits, right));
}
