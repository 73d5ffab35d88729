import type { z } from "zod";
import type { adminGetFigures, FIGURE_SPANS, FigurePoint } from "../../../core/api/admin_server.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { Sql } from "../../postgres/sql.ts";
import { FIGURE_LIMITS } from "./figure_limits.ts";

const DAY_MS = 86_400_000;
/** From which rows a span is drawn, and in which steps: at most 367 points. */
const SPANS = {
  day: { lengthMs: DAY_MS, stepMs: FIGURE_LIMITS.stepMs },
  week: { lengthMs: 7 * DAY_MS, stepMs: FIGURE_LIMITS.hourMs },
  month: { lengthMs: 30 * DAY_MS, stepMs: 6 * FIGURE_LIMITS.hourMs },
  year: { lengthMs: 366 * DAY_MS, stepMs: DAY_MS },
} as const;

/** What was recorded within a span that ends now, oldest first. */
export async function listFigures(
  deps: { readonly sql: Sql; readonly clock: Clock },
  span: (typeof FIGURE_SPANS)[number],
): Promise<z.output<typeof adminGetFigures.result>> {
  const { lengthMs, stepMs } = SPANS[span];
  const to = deps.clock.now();
  const from = to - to % stepMs - lengthMs + stepMs;
  const points = span === "day"
    ? await fineSteps(deps.sql, from)
    : await hourSteps(deps.sql, from, stepMs);
  return {
    step_ms: stepMs,
    from_ts: from,
    to_ts: to,
    points: points.map((point) => ({ ...point })),
  };
}

async function fineSteps(sql: Sql, from: number): Promise<readonly FigurePoint[]> {
  return await sql<FigurePoint[]>`
    select ts, sum(messages)::int as messages, sum(requests)::int as requests,
      sum(failures)::int as failures, sum(sockets)::int as sockets,
      sum(memory_bytes)::bigint as memory_bytes, sum(waiting)::int as waiting,
      sum(commit_sum_ms) / nullif(sum(commits), 0) as commit_ms,
      case when sum(commits) > 0 then max(commit_max_ms) end as commit_max_ms,
      null::int as accounts, null::int as active, null::bigint as database_bytes,
      null::bigint as media_bytes
    from process_figures where ts >= ${from} group by ts order by ts`;
}

async function hourSteps(
  sql: Sql,
  from: number,
  stepMs: number,
): Promise<readonly FigurePoint[]> {
  return await sql<FigurePoint[]>`
    select ts - ts % ${stepMs}::bigint as ts, sum(messages)::int as messages,
      sum(requests)::int as requests, sum(failures)::int as failures,
      max(sockets)::int as sockets, max(memory_bytes)::bigint as memory_bytes,
      max(waiting)::int as waiting,
      sum(commit_sum_ms) / nullif(sum(commits), 0) as commit_ms,
      case when sum(commits) > 0 then max(commit_max_ms) end as commit_max_ms,
      max(accounts)::int as accounts, max(active)::int as active,
      max(database_bytes)::bigint as database_bytes, max(media_bytes)::bigint as media_bytes
    from hourly_figures where ts >= ${from} group by 1 order by 1`;
}
