/** The answer of an authorisation: allowed, or the clause of PROTOCOL.md that forbids it and why. */
export type Verdict = { readonly ok: true } | Refusal;

export interface Refusal {
  readonly ok: false;
  /** Stable name of the rule that refused, e.g. `member.kick`. */
  readonly rule: string;
  /** One sentence for logs, the audit page and test output. */
  readonly reason: string;
}

export const ALLOWED: Verdict = { ok: true };

export function refuse(rule: string, reason: string): Refusal {
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
