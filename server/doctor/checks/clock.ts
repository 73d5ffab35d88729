import type { Clock } from "../../../core/ports/clock.ts";
import type { Database } from "../../postgres/database.ts";
import { type Finding, ok, problem } from "../finding.ts";

const CHECK = "clock";
const MAX_SKEW_MS = 2_000;
/** Before this program was written. */
const MIN_PLAUSIBLE_TS = Date.UTC(2026, 0, 1);

/** This machine's clock is plausible and agrees with the database's. */
export async function checkClock(
  deps: { readonly clock: Clock; readonly database: Pick<Database, "kind" | "sql"> | undefined },
): Promise<Finding[]> {
  const nowMs = deps.clock.now();
  const time = new Date(nowMs).toISOString();
  if (nowMs < MIN_PLAUSIBLE_TS) {
    return [problem(CHECK, ["clock.implausible", "clock.set"], { time })];
  }
  if (deps.database === undefined || deps.database.kind === "embedded") {
    return [ok(CHECK, "clock.alone", { time })];
  }
  const before = deps.clock.now();
  const [row] = await deps.database.sql<{ ms: number }[]>`
    select (extract(epoch from clock_timestamp()) * 1000)::bigint as ms`;
  const after = deps.clock.now();
  const skewMs = Math.round((row?.ms ?? 0) - (before + after) / 2);
  if (Math.abs(skewMs) <= MAX_SKEW_MS + (after - before)) {
    return [ok(CHECK, "clock.good")];
  }
  return [
    problem(CHECK, ["clock.skewed", "clock.one_wrong"], {
      seconds: Math.round(Math.abs(skewMs) / 100) / 10,
      side: skewMs > 0 ? "ahead" : "behind",
    }),
  ];
}
