export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export function addTotals(a: Totals, b: Totals): Totals {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  };
}

/**
 * Reads the closing line of `deno test`. A run that did not succeed counts at least one
 * failure, whatever it printed: it may have died before it counted anything.
 */
export function readTotals(output: string, success: boolean): Totals {
  const lines = [
    ...output.matchAll(/^(?:ok|FAILED) \| (\d+) passed.*?\| (\d+) failed(.*)$/gm),
  ];
  const last = lines.at(-1);
  const failed = Number(last?.[2] ?? 0);
  return {
    passed: Number(last?.[1] ?? 0),
    failed: success ? failed : Math.max(failed, 1),
    skipped: Number(/(\d+) ignored/.exec(last?.[3] ?? "")?.[1] ?? 0),
  };
}
