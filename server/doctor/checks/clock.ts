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
  const advice = "Set it by the network: timedatectl set-ntp true";
  const nowMs = deps.clock.now();
  if (nowMs < MIN_PLAUSIBLE_TS) {
    return [
      problem(CHECK, `This machine believes it is ${new Date(nowMs).toISOString()}.`, advice),
    ];
  }
  if (deps.database === undefined || deps.database.kind === "embedded") {
    return [
      ok(CHECK, `${new Date(nowMs).toISOString()} is plausible; there is no other to compare.`),
    ];
  }
  const before = deps.clock.now();
  const [row] = await deps.database.sql<{ ms: number }[]>`
    select (extract(epoch from clock_timestamp()) * 1000)::bigint as ms`;
  const after = deps.clock.now();
  const skewMs = Math.round((row?.ms ?? 0) - (before + after) / 2);
  if (Math.abs(skewMs) <= MAX_SKEW_MS + (after - before)) {
    return [ok(CHECK, "This machine and the database agree on the time.")];
  }
  return [
    problem(
      CHECK,
      `The database's clock is ${Math.abs(skewMs / 1000).toFixed(1)} seconds ` +
        `${skewMs > 0 ? "ahead of" : "behind"} this machine's.`,
      `One of them is wrong. ${advice}`,
    ),
  ];
}
