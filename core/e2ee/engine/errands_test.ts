import assert from "node:assert/strict";
import { ManualClock } from "../../../tests/harness/parts.ts";
import { waitFor } from "../../../tests/harness/wait_for.ts";
import { Errands } from "./errands.ts";
import { ServerUnreachable } from "./ports.ts";

const HOUR_MS = 3_600_000;

function trying() {
  const clock = new ManualClock();
  const ended = new AbortController();
  const errands = new Errands({
    clock,
    signal: ended.signal,
    mayPass: (error) => error instanceof ServerUnreachable,
    chance: () => 0,
  });
  const asked: PromiseWithResolvers<void>[] = [];
  /** Done as the test says, each time. */
  const task = () => {
    const time = Promise.withResolvers<void>();
    asked.push(time);
    return time.promise;
  };
  const begun = (times: number) => waitFor(`${times} tries`, () => asked.length === times);
  const fail = (at: number) => asked[at]?.reject(new ServerUnreachable("away"));
  return { clock, ended, errands, asked, task, begun, fail };
}

/** Everything that waits for nothing but its turn has had it. */
const turns = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("what the network refuses is tried again, later each time, until it is done", async () => {
  const at = trying();
  const done = at.errands.run("inbox", at.task);
  for (let failures = 0; failures < 3; failures++) {
    await at.begun(failures + 1);
    at.fail(failures);
    await turns();
    at.clock.advance(1000 * 2 ** failures - 1);
    await turns();
    assert.equal(at.asked.length, failures + 1);
    at.clock.advance(1);
  }
  await at.begun(4);
  at.asked[3]?.resolve();
  await done;
});

Deno.test("asked for while it is under way it is done once more; asked for in a pause, at once", async () => {
  const at = trying();
  const done = at.errands.run("inbox", at.task);
  await at.begun(1);
  for (let words = 0; words < 3; words++) await at.errands.run("inbox", at.task);
  assert.equal(at.asked.length, 1);
  at.fail(0);
  await turns();
  assert.equal(at.asked.length, 1, "what was said before it failed ends no pause");
  await at.errands.run("inbox", at.task);
  await at.begun(2);
  await at.errands.run("inbox", at.task);
  at.asked[1]?.resolve();
  await at.begun(3);
  at.asked[2]?.resolve();
  await done;
  await turns();
  assert.equal(at.asked.length, 3);
});

Deno.test("a new connection ends all pauses, another name waits for nobody, and the end is the end", async () => {
  const at = trying();
  const runs = ["one", "two"].map((name) => at.errands.run(name, at.task));
  await at.begun(2);
  at.fail(0);
  at.fail(1);
  await turns();
  at.errands.hurry();
  await at.begun(4);
  at.fail(2);
  at.fail(3);
  await turns();
  at.ended.abort();
  await Promise.all(runs);
  at.clock.advance(HOUR_MS);
  await turns();
  assert.equal(at.asked.length, 4);
});

Deno.test("what does not pass by itself is thrown, and may be asked for again", async () => {
  const at = trying();
  const broken = () => Promise.reject(new Error("broken"));
  await assert.rejects(at.errands.run("inbox", broken), /broken/);
  const done = at.errands.run("inbox", at.task);
  await at.begun(1);
  at.asked[0]?.resolve();
  await done;
});
