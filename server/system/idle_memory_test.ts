import type { Clock } from "../../core/ports/clock.ts";
import { waitFor } from "../../tests/harness/wait_for.ts";
import { systemClock } from "./clock.ts";
import { giveBackWhenIdle } from "./idle_memory.ts";

const MB = 1024 * 1024;

/** The machine's, in a hurry. */
const quickly: Clock = { ...systemClock, sleep: (_ms, signal) => systemClock.sleep(10, signal) };

Deno.test("what a busy time left is given back once it is quiet, and the looking ends", async () => {
  const peak = ((): number => {
    const held = Array.from({ length: 600_000 }, (_, at) => ({ at, text: `number ${at}` }));
    return held.length > 0 ? Deno.memoryUsage().heapTotal : 0;
  })();
  const stopping = new AbortController();
  const looking = giveBackWhenIdle(quickly, stopping.signal);
  await waitFor("the heap to shrink", () => Deno.memoryUsage().heapTotal < peak - 24 * MB);
  stopping.abort();
  await looking;
});
