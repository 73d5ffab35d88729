import assert from "node:assert/strict";
import { OperationError } from "../../../core/errors.ts";
import { Lanes } from "./lanes.ts";

/** Work that goes on until it is told to end. */
function held() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { promise, resolve };
}

Deno.test("one origin takes turns and is refused beyond its queue; another goes at once", async () => {
  const lanes = new Lanes({ atOnce: 2, waiting: 3, waitingInAll: 5 });
  const works = Array.from({ length: 5 }, held);
  let running = 0;
  let most = 0;
  const run = (origin: string, work: { promise: Promise<void> }) =>
    lanes.run(origin, async () => {
      most = Math.max(most, ++running);
      await work.promise;
      running--;
    });
  const begun = works.map((work) => run("one.test", work));
  await assert.rejects(
    run("one.test", held()),
    (error) => error instanceof OperationError && error.code === "rate_limited",
  );
  let answered = false;
  await lanes.run("two.test", () => Promise.resolve(answered = true));
  assert.ok(answered);
  assert.equal(most, 2);
  for (const work of works) work.resolve();
  await Promise.all(begun);
  assert.equal(most, 2);
  assert.equal(lanes.size, 0, "nothing is remembered of who is done");
});

Deno.test("all queues together have a bound, and failing work gives its place on", async () => {
  const lanes = new Lanes({ atOnce: 1, waiting: 10, waitingInAll: 3 });
  const works = Array.from({ length: 6 }, held);
  const begun = ["a", "b", "c"].flatMap((origin, at) => [
    lanes.run(origin, () => works[2 * at]?.promise ?? Promise.resolve()),
    lanes.run(origin, () => works[2 * at + 1]?.promise ?? Promise.resolve()),
  ]);
  await assert.rejects(lanes.run("a", () => Promise.resolve()), { code: "rate_limited" });
  for (const work of works) work.resolve();
  await Promise.all(begun);
  await assert.rejects(lanes.run("a", () => Promise.reject(new Error("broken"))), /broken/);
  assert.equal(await lanes.run("a", () => Promise.resolve(1)), 1);
  assert.equal(lanes.size, 0);
});
