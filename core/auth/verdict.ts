/** The answer of an authorisation: allowed, or the clause of PROTOCOL.md that forbids it and why. */
export type Verdict = { readonly ok: true } | Refusal;

/** Stable names of the rules that refuse. Pages tell each of them in their reader's language. */
export const RULES = [
  "no_tables",
  "state_key",
  "content",
  "federate",
  "right",
  "auth_events.exact",
  "create",
  "owner",
  "owner.zero",
  "tombstone",
  "encryption",
  "merge",
  "redaction",
  "guild_meta",
  "member",
  "member.kind",
  "member.dm",
  "member.invite",
  "member.join",
  "member.knock",
  "member.leave",
  "member.kick",
  "member.ban",
  "member.unban",
  "member_profile",
  "member_roles",
  "roles",
  "role_look",
  "channel_policy",
  "channel_meta",
  "timeout",
  "stay",
  "purge",
  "timeline.channel",
  "timeline.right",
  "now.policy",
  "now.acl",
  "now.guild",
  "now.ends",
  "now.future",
  "now.key",
  "now.rival_owner",
  "now.merge_rate",
  "now.people",
  "now.channels",
  "now.locked",
  "now.slow_mode",
] as const;
export type Rule = typeof RULES[number];

export interface Refusal {
  readonly ok: false;
  readonly rule: Rule;
  /** One sentence in English for logs, the audit page and test output. */
  readonly reason: string;
}

export const ALLOWED: Verdict = { ok: true };

/** A refusal by a rule of PROTOCOL.md, with its reason for administrators. */
export function refuse(rule: Rule, reason: string): Refusal {
  return { ok: false, rule, reason };
}

/** The first refusal among checks that are only run while all before them passed. */
export function firstRefusal(...checks: readonly (() => Verdict)[]): Verdict {
  for (const check of checks) {
    const verdict = check();
    if (!verdict.ok) return verdict;
  }
  return ALLOWED;
}
