import assert from "node:assert/strict";
import { Authority } from "../../core/permissions/authority.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { RoomGraph } from "../../core/state/room_graph.ts";
import type { Arrival } from "../../federation/outbound/ports.ts";
import type { Faults } from "./engine_server.ts";
import { type Report, runHistory } from "./history.ts";
import { MemoryOutgoing } from "./memory_outgoing.ts";
import type { LogEntry } from "./memory_store.ts";
import { HIDING, makeSchedule, type Schedule, type ScheduleShape } from "./schedule.ts";
import { shrink } from "./shrink.ts";
import { engineTroupe } from "./troupes.ts";

const SHAPE = { servers: [2, 5], acts: [30, 60], troubles: 0.12 } as const;
const HOSTILE = { servers: [3, 7], hostile: [1, 2], acts: [25, 45], troubles: 0.1 } as const;
const MOST_TRIES = 40;

const run = (schedule: Schedule, faults?: Faults) =>
  runHistory(schedule, engineTroupe(faults === undefined ? {} : { faults }));
const names = ({ failures }: Report) => new Set(failures.map(({ check }) => check));

/** The first history that shows what is looked for. */
async function firstCaught(
  faults: Faults,
  check: Report["failures"][number]["check"],
  shape: ScheduleShape = SHAPE,
) {
  for (let seed = 1; seed <= MOST_TRIES; seed++) {
    const schedule = makeSchedule(seed, shape);
    if (names(await run(schedule, faults)).has(check)) return schedule;
  }
  return undefined;
}

/** Trusts whichever head comes first: the answer depends on their order. */
class FirstHeadWins extends RoomGraph {
  override async authorityAfter(ids: readonly EventId[]): Promise<Authority> {
    let state = await this.stateAfter(ids[0] as EventId);
    for (const id of ids.slice(1)) {
      for (const event of (await this.stateAfter(id)).events()) {
        const key = event.pdu.state_key ?? "";
        if (state.get(event.pdu.type, key) === undefined) state = state.with(event);
      }
    }
    return new Authority(state, this.facts, this.memo);
  }
}

/** Never sends one in ten of its events. */
class Forgetful extends MemoryOutgoing {
  protected override mayGo(entry: LogEntry, server: ServerName, authority: Authority): boolean {
    return (entry.event.hash[0] ?? 0) % 10 !== 0 && super.mayGo(entry, server, authority);
  }
}

/** Makes up for what it passed over where a server comes in, and never where it comes to see. */
class Unmindful extends MemoryOutgoing {
  override async arrival(server: ServerName): Promise<Arrival | undefined> {
    const arrival = await super.arrival(server);
    return arrival?.channels === undefined ? arrival : undefined;
  }
}

/** Sends everything to everybody. */
class Leaky extends MemoryOutgoing {
  protected override mayGo(): boolean {
    return true;
  }
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

Deno.test("G7, seed 395: what a hostile server gives one honest server alone is everybody's once that one merges", async () => {
  assert.deepEqual((await run(makeSchedule(395, HOSTILE))).failures, []);
});

Deno.test("G7, seed 1247: what is on its way while a channel is hidden from a server for a moment gets there", async () => {
  assert.deepEqual((await run(makeSchedule(1247, HOSTILE))).failures, []);
});

Deno.test("simulator, positive control: a resolver that depends on order is found, and the history shrinks", async () => {
  const faults = {
    openGraph: (...given: ConstructorParameters<typeof RoomGraph>) => new FirstHeadWins(...given),
  };
  const schedule = await firstCaught(faults, "unequal state");
  assert(schedule !== undefined, "not found");
  const fails = async (shorter: Schedule) => names(await run(shorter, faults)).has("unequal state");
  const small = await shrink(schedule, fails, 60);
  assert(await fails(small));
  assert(small.acts.length <= schedule.acts.length / 2, `${small.acts.length} acts are left`);
});

Deno.test("simulator, positive control: a message that its server forgets to send is found", async () => {
  const faults: Faults = { openOutgoing: (store) => new Forgetful(store) };
  assert(await firstCaught(faults, "missing at a server") !== undefined);
});

Deno.test("simulator, positive control: a channel that is shown without what was said in it is found", async () => {
  const faults: Faults = { openOutgoing: (store) => new Unmindful(store) };
  assert(await firstCaught(faults, "missing at a server", HIDING) !== undefined);
});

Deno.test("simulator, positive control: a message for a server without a reader is found", async () => {
  assert(
    await firstCaught({ openOutgoing: (store) => new Leaky(store) }, "leak") !== undefined,
  );
});
