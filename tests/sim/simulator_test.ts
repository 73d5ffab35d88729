import assert from "node:assert/strict";
import { resolve, type ResolveOptions } from "../../core/state/resolve.ts";
import type { StateMap } from "../../core/state/state_map.ts";
import { type Report, runHistory, type Troupe } from "./history.ts";
import { type NaiveRules, NaiveServer, SOUND } from "./naive_server.ts";
import { makeSchedule, type Schedule } from "./schedule.ts";
import { shrink } from "./shrink.ts";

const SHAPE = { servers: [2, 5], acts: [30, 60], troubles: 0.12 } as const;

function naive(rules: NaiveRules): Troupe {
  return ({ world, network, founding, seed }) => ({
    honest: founding.servers.map((self, at) =>
      new NaiveServer({ world, network, self, peers: founding.servers, rules, seed: seed + at })
    ),
  });
}

const run = (schedule: Schedule, rules: NaiveRules = SOUND) => runHistory(schedule, naive(rules));
const names = ({ failures }: Report) => new Set(failures.map(({ check }) => check));

/** The first seed whose history shows what is looked for. */
async function firstCaught(rules: NaiveRules, check: Report["failures"][number]["check"]) {
  for (let seed = 1; seed <= 60; seed++) {
    const schedule = makeSchedule(seed, SHAPE);
    if (names(await run(schedule, rules)).has(check)) return schedule;
  }
  return undefined;
}

/** Trusts whoever comes first: order of the inputs decides. */
function firstWins(states: readonly StateMap[], _options: ResolveOptions) {
  let state = states[0] as StateMap;
  for (const other of states.slice(1)) {
    for (const event of other.events()) {
      if (state.get(event.pdu.type, event.pdu.state_key ?? "") === undefined) {
        state = state.with(event);
      }
    }
  }
  return { kind: "resolved", state, replayed: 0 } as const;
}

Deno.test("simulator: a schedule runs the same way every time, bit by bit", async () => {
  for (const seed of [3, 4, 5]) {
    const schedule = makeSchedule(seed, SHAPE);
    const [once, again] = [await run(schedule), await run(schedule)];
    assert.equal(once.print, again.print, `seed ${seed}`);
    assert.equal(once.tasks, again.tasks);
    const other = await run(makeSchedule(seed + 100, SHAPE));
    assert.notEqual(once.print, other.print);
  }
});

Deno.test("simulator: sound servers end equal, on a network that does harm", async () => {
  const harm = { lost: 0, doubled: 0, cut: 0 };
  for (let seed = 1; seed <= 12; seed++) {
    const report = await run(makeSchedule(seed, SHAPE));
    assert.deepEqual(report.failures, [], `seed ${seed}`);
    for (const kind of ["lost", "doubled", "cut"] as const) harm[kind] += report.harm[kind];
  }
  for (const [kind, times] of Object.entries(harm)) assert(times > 0, `nothing was ever ${kind}`);
});

Deno.test("simulator, positive control: a resolver that depends on order is found, and the history shrinks", async () => {
  const rules = { ...SOUND, resolve: firstWins as typeof resolve };
  const schedule = await firstCaught(rules, "unequal state");
  assert(schedule !== undefined, "not found");
  const fails = async (shorter: Schedule) => names(await run(shorter, rules)).has("unequal state");
  const small = await shrink(schedule, fails, 80);
  assert(await fails(small));
  assert(small.acts.length <= schedule.acts.length / 2, `${small.acts.length} acts are left`);
});

Deno.test("simulator, positive control: a message that its server forgets to send is found", async () => {
  const caught = await firstCaught({ ...SOUND, forgetsOneIn: 10 }, "missing at a server");
  assert(caught !== undefined);
});

Deno.test("simulator, positive control: a message for a server without a reader is found", async () => {
  assert(await firstCaught({ ...SOUND, leaks: true }, "leak") !== undefined);
});
