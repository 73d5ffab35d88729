import assert from "node:assert/strict";
import { progressOf } from "../harness/cases.ts";
import { type Report, runHistory, type Troupe } from "./history.ts";
import { makeSchedule, type Schedule, type ScheduleShape } from "./schedule.ts";
import { shrink } from "./shrink.ts";

/** What all histories of a run add up to. */
export interface Proof {
  readonly reports: readonly Report[];
  /** ms of virtual time from mended to equal, in order; of histories in which nothing hung in silence. */
  readonly healedMs: readonly number[];
  readonly outcomes: Readonly<Record<string, number>>;
  readonly harm: Readonly<Record<keyof Report["harm"], number>>;
  readonly acknowledged: number;
}

/**
 * Runs histories from seeds 1 to `cases`, and fails at the first that shows something wrong: with
 * its seed, the commit, and the shortest history found that still shows it.
 */
export async function prove(
  name: string,
  options: {
    readonly cases: number;
    readonly shape: ScheduleShape;
    readonly troupe: Troupe;
  },
): Promise<Proof> {
  const begunMs = performance.now();
  const reports: Report[] = [];
  const tell = progressOf(name, options.cases);
  for (let seed = 1; seed <= options.cases; seed++) {
    tell(seed - 1);
    const schedule = makeSchedule(seed, options.shape);
    const report = await runHistory(schedule, options.troupe);
    if (report.failures.length > 0) await explain(name, { schedule, report, ...options });
    reports.push(report);
  }
  const healedMs = reports.filter(({ harm }) => harm.silent === 0)
    .map((report) => report.healedMs).sort((a, b) => a - b);
  const proof: Proof = {
    reports,
    healedMs,
    outcomes: sum(reports.map(({ outcomes }) => outcomes)),
    harm: sum(reports.map(({ harm }) => harm)) as Proof["harm"],
    acknowledged: reports.reduce((all, { acknowledged }) => all + acknowledged, 0),
  };
  const seconds = ((performance.now() - begunMs) / 1000).toFixed(1);
  console.log(
    `${name}: seeds 1-${options.cases}, ${proof.acknowledged} acknowledged events, ` +
      `0 failures (below ${(300 / options.cases).toFixed(2)} % with 95 %), healed in ` +
      `p50 ${at(healedMs, 0.5)} ms, p99 ${at(healedMs, 0.99)} ms of virtual time, ${seconds} s. ` +
      JSON.stringify({ ...proof.outcomes, ...proof.harm }),
  );
  return proof;
}

export function at(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

function sum(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const each of all) {
    for (const [name, count] of Object.entries(each)) total[name] = (total[name] ?? 0) + count;
  }
  return total;
}

async function explain(
  name: string,
  { schedule, report, troupe }: {
    readonly schedule: Schedule;
    readonly report: Report;
    readonly troupe: Troupe;
  },
): Promise<never> {
  const check = report.failures[0]?.check;
  const small = await shrink(schedule, async (shorter) => {
    const { failures } = await runHistory(shorter, troupe);
    return failures.some((failure) => failure.check === check);
  });
  const { failures } = await runHistory(small, troupe);
  const acts = small.acts.map(({ atMs, kind, server, choices }) =>
    `  ${atMs} ms: ${kind} at server ${server}, ${choices.map((c) => c.toFixed(3)).join(" ")}`
  );
  throw new assert.AssertionError({
    message: [
      `${name}: seed ${schedule.seed} at commit ${await commit()}, ${schedule.servers} servers`,
      ...report.failures.slice(0, 5).map((failure) => `  ${failure.check}: ${failure.detail}`),
      `The shortest history found that shows "${check}":`,
      ...acts,
      ...failures.slice(0, 5).map((failure) => `  ${failure.check}: ${failure.detail}`),
    ].join("\n"),
  });
}

async function commit(): Promise<string> {
  try {
    const { stdout } = await new Deno.Command("git", {
      args: ["rev-parse", "--short", "HEAD"],
      cwd: new URL(".", import.meta.url).pathname,
      stderr: "null",
    }).output();
    return new TextDecoder().decode(stdout).trim();
  } catch {
    return "unknown";
  }
}
