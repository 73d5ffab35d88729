import assert from "node:assert/strict";
import { OperationError } from "../../core/errors.ts";
import { ManualClock } from "../../tests/harness/parts.ts";
import { ANSWER_MS, AnswerDeadline } from "./answer_deadline.ts";

const isLate = (error: unknown) =>
  error instanceof OperationError && error.code === "unavailable" &&
  error.details?.["retry_after_ms"] !== undefined;

/** Lets what was woken run to its next sleep. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

async function pass(clock: ManualClock, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 1000) {
    clock.advance(1000);
    await settle();
  }
}

Deno.test("what is answered in time is answered so; what is not is told to be late, each in its own time", async () => {
  const clock = new ManualClock();
  const deadline = new AnswerDeadline(clock);
  const stuck = Promise.withResolvers<string>();
  assert.equal(await deadline.of(Promise.resolve("here"), "done"), "here");
  await assert.rejects(deadline.of(Promise.reject(new Error("its own")), "done"), /its own/);
  const first = deadline.of(stuck.promise, "done");
  const firstLate = assert.rejects(first, isLate);
  await pass(clock, ANSWER_MS - 5000);
  const second = deadline.of(stuck.promise, "done");
  await pass(clock, 6000);
  await firstLate;
  stuck.resolve("back");
  assert.equal(await second, "back");
});

Deno.test("nothing is watched while nobody waits", async () => {
  const clock = new ManualClock();
  let sleeping = 0;
  const deadline = new AnswerDeadline({
    monotonic: () => clock.monotonic(),
    sleep: async (ms, signal) => {
      sleeping++;
      await clock.sleep(ms, signal).finally(() => sleeping--);
    },
  });
  const stuck = Promise.withResolvers<void>();
  const both = [deadline.of(stuck.promise, "done"), deadline.of(stuck.promise, "done")];
  assert.equal(sleeping, 1);
  stuck.resolve();
  await Promise.all(both);
  await settle();
  assert.equal(sleeping, 0);
});
