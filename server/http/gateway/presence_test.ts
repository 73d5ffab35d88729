import assert from "node:assert/strict";
import { ManualClock } from "../../../tests/harness/parts.ts";
import { LocalBus } from "../../system/local_bus.ts";
import { Hub } from "./hub.ts";
import { Presences } from "./presence.ts";

const ADA = "@ada:localhost";

function start() {
  const clock = new ManualClock();
  const bus = new LocalBus();
  const open = (processId: string) =>
    new Presences(
      { clock, bus, hub: new Hub({ meter: { delivered: () => undefined } }, { recentCount: 10 }) },
      { processId, graceMs: 10_000, repeatMs: 60_000, elsewhereCount: 2 },
    );
  return { clock, here: open("here"), there: open("there") };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

Deno.test("presence follows connections and choice, on every process", async () => {
  const { clock, here, there } = start();
  assert.equal(there.of(ADA), "offline");
  here.connect(ADA, "online");
  assert.deepEqual([here.of(ADA), there.of(ADA)], ["online", "online"]);
  here.choose(ADA, "dnd");
  assert.deepEqual([here.of(ADA), there.of(ADA)], ["dnd", "dnd"]);
  here.choose(ADA, "invisible");
  assert.deepEqual([here.of(ADA), there.of(ADA)], ["offline", "offline"]);
  here.choose(ADA, "idle");
  here.connect(ADA, "online");
  assert.equal(there.of(ADA), "idle");
  here.disconnect(ADA);
  clock.advance(20_000);
  await turn();
  assert.equal(there.of(ADA), "idle", "one connection is left");
  here.disconnect(ADA);
  assert.equal(here.of(ADA), "idle", "who comes back soon was never seen to go");
  clock.advance(20_000);
  await turn();
  assert.deepEqual([here.of(ADA), there.of(ADA)], ["offline", "offline"]);
  here.stop();
  there.stop();
});

Deno.test("who looks at a page without a connection is there until it was not said again for a while", async () => {
  const { clock, here, there } = start();
  const later = async (ms: number) => {
    clock.advance(ms);
    await turn();
  };
  here.visit(ADA, "online", 70_000);
  assert.deepEqual([here.of(ADA), there.of(ADA)], ["online", "online"]);
  await later(60_000);
  here.visit(ADA, "online", 70_000);
  await later(60_000);
  assert.equal(there.of(ADA), "online", "it was said again");
  here.connect(ADA, "online");
  await later(90_000);
  await later(20_000);
  assert.equal(there.of(ADA), "online", "the visit is over, a connection is not");
  here.disconnect(ADA);
  await later(20_000);
  assert.equal(there.of(ADA), "offline");

  here.visit(ADA, "invisible", 70_000);
  assert.equal(there.of(ADA), "offline", "as it was chosen");
  here.choose(ADA, "online");
  assert.equal(there.of(ADA), "online");
  here.endVisit(ADA);
  await turn();
  await later(20_000);
  assert.equal(there.of(ADA), "offline", "signed out");
  here.visit(ADA, "online", 70_000);
  await later(80_000);
  await later(20_000);
  assert.deepEqual([here.of(ADA), there.of(ADA)], ["offline", "offline"]);
  here.stop();
  there.stop();
});

Deno.test("a process that repeats itself stays known, one that ends says so, and memory is bounded", async () => {
  const { clock, here, there } = start();
  for (const name of ["a", "b", "c"]) here.connect(`@${name}:localhost`, "online");
  assert.deepEqual(Object.keys(there.among(["@a:localhost", "@b:localhost", "@c:localhost"])), [
    "@a:localhost",
    "@b:localhost",
  ]);
  clock.advance(60_000);
  await turn();
  assert.equal(there.of("@a:localhost"), "online");
  here.stop();
  assert.equal(there.of("@a:localhost"), "offline", "a process that ends says so");
  there.stop();
});
