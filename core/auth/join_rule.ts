import type { Authority } from "../permissions/authority.ts";

export type JoinRule = "public" | "invite" | "knock" | "restricted";

const RULES: ReadonlySet<string> = new Set(["public", "invite", "knock", "restricted"]);

/** The room's join rule; none in sight, or one that is not known, means invite. PROTOCOL.md 4. */
export function joinRuleOf(authority: Authority): JoinRule {
  const rule = authority.view.get("m.room.join_rules", "")?.pdu.content["rule"];
  return typeof rule === "string" && RULES.has(rule) ? rule as JoinRule : "invite";
}
