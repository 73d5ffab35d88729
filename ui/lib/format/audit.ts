import type { Guild } from "../../../core/api/guild.ts";
import { namesOf, parseBits } from "../../../core/permissions/bits.ts";

/** What an id in the audit log is called today; unknown ids stay as they are. */
export function auditName(guild: Guild, id: string): string {
  const role = guild.roles.find((entry) => entry.id === id);
  if (role) return `@${role.name}`;
  const channel = guild.channels.find((entry) => entry.id === id);
  return channel ? `#${channel.name}` : id;
}

/** A changed value in words: names for ids, rights for bits. */
export function auditValue(guild: Guild, value: unknown, field = ""): string {
  if (value === null || value === undefined || value === "") return "–";
  if (["bits", "allow", "deny"].includes(field)) {
    const bits = parseBits(value);
    if (bits !== undefined) return namesOf(bits).join(", ").toLowerCase() || "–";
  }
  if (typeof value === "string") return auditName(guild, value);
  if (Array.isArray(value)) {
    return value.map((entry) => auditValue(guild, entry)).join("; ") || "–";
  }
  if (typeof value === "object") {
    return Object.entries(value)
      .map(([key, inner]) => `${auditName(guild, key)}: ${auditValue(guild, inner, key)}`)
      .join("; ");
  }
  return String(value);
}
