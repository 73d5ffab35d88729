import type { ControlEvent } from "../event/event.ts";

const POWER_TYPES: ReadonlySet<string> = new Set([
  "m.guild.owner",
  "m.guild.roles",
  "m.guild.member_roles",
  "m.room.timeout",
  "m.channel.policy",
  "m.room.join_rules",
  "m.room.server_acl",
]);

/** Events that can take rights from others: the tables, and kick, unban and ban. PROTOCOL.md 7. */
export function isPowerEvent({ pdu }: ControlEvent): boolean {
  if (POWER_TYPES.has(pdu.type)) return true;
  const membership = pdu.content["membership"];
  return pdu.type === "m.room.member" && pdu.sender !== pdu.state_key &&
    (membership === "leave" || membership === "ban");
}
