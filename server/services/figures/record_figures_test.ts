import assert from "node:assert/strict";
import { ManualClock } from "../../../tests/harness/parts.ts";
import { openTestDatabase } from "../../../tests/harness/database.ts";
import { silentLog } from "../../system/log.ts";
import { FIGURE_LIMITS } from "./figure_limits.ts";
import { listFigures } from "./list_figures.ts";
import { ProcessTally } from "./process_tally.ts";
import { FigureRecorder } from "./record_figures.ts";

const HOUR = FIGURE_LIMITS.hourMs;
const STEP = FIGURE_LIMITS.stepMs;
/** A whole hour. */
const BEGIN = 1_700_000_400_000 - 1_700_000_400_000 % HOUR;

/** Nothing wakes by itself: the test looks when it wants to. */
class HandClock extends ManualClock {
  override sleep(_ms: number, signal?: AbortSignal): Promise<void> {
    return super.sleep(Number.MAX_SAFE_INTEGER / 2, signal);
  }
}

Deno.test("processes write their steps, one of them the hour; old rows go", async (t) => {
  await using database = await openTestDatabase("postgres");
  const { sql } = database;
  const clock = new HandClock(BEGIN);
  const gauges = { sockets: 3, memoryBytes: 1000, waiting: 0 };
  const open = (process: string) => {
    const tally = new ProcessTally();
    const recorder = new FigureRecorder({
      sql,
      clock,
      log: silentLog,
      tally,
      gauges: () => gauges,
      process,
    });
    return { tally, recorder };
  };
  const one = open("one");
  const two = open("two");
  const steps = async (count: number) => {
    clock.advance(count * STEP);
    await one.recorder.look();
    await two.recorder.look();
  };

  await t.step("a step: sums of both, the highest of what fluctuates", async () => {
    one.tally.sent(5);
    one.tally.committed(10);
    one.tally.committed(30);
    two.tally.sent(2);
    two.tally.answered(200);
    two.tally.answered(503);
    await steps(1);
    const { points } = await listFigures({ sql, clock }, "day");
    assert.deepEqual(points, [{
      ts: BEGIN,
      messages: 7,
      requests: 2,
      failures: 1,
      sockets: 6,
      memory_bytes: 2000,
      waiting: 0,
      commit_ms: 20,
      commit_max_ms: 30,
      accounts: null,
      active: null,
      database_bytes: null,
      media_bytes: null,
    }]);
    assert.deepEqual((await listFigures({ sql, clock }, "week")).points, []);
  });

  await t.step("the hour is written once, when it is over", async () => {
    await sql`
      insert into users (user_id, local, skeleton, created_ts, created_by, last_seen_ts)
      values ('@ann:x.test', 'ann', 'ann', ${BEGIN}, 'open', ${BEGIN})`;
    one.tally.sent(1);
    await steps(1);
    assert.equal((await sql`select 1 from hourly_figures`).length, 0);
    await steps(9);
    await steps(1);
    assert.equal((await sql`select 1 from hourly_figures`).length, 1);
    const { points: [hour], step_ms } = await listFigures({ sql, clock }, "week");
    assert.equal(step_ms, HOUR);
    assert.deepEqual(
      [hour?.ts, hour?.messages, hour?.failures, hour?.sockets, hour?.accounts, hour?.active],
      [BEGIN, 8, 1, 6, 1, 1],
    );
    assert.equal(hour?.commit_ms, 20);
    for (const span of ["month", "year"] as const) {
      const { points } = await listFigures({ sql, clock }, span);
      assert.equal(points[0]?.messages, 8, span);
    }
  });

  await t.step("what is too old goes, and a stop writes what was begun", async () => {
    await sql`insert into process_figures values
      ('old', ${BEGIN - FIGURE_LIMITS.stepKeptMs}, 0, 0, 0, 0, 0, 0, 0, 0, 0)`;
    await sql`insert into hourly_figures values
      (${BEGIN - FIGURE_LIMITS.hourKeptMs}, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)`;
    await steps(1);
    const old = await sql`
      select 1 from process_figures where process = 'old'
      union all select 1 from hourly_figures where ts < ${BEGIN}`;
    assert.equal(old.length, 0);
    two.tally.sent(4);
    await one.recorder[Symbol.asyncDispose]();
    await two.recorder[Symbol.asyncDispose]();
    const [last] = await sql<{ messages: number }[]>`
      select messages from process_figures where process = 'two' order by ts desc limit 1`;
    assert.equal(last?.messages, 4);
  });
});
