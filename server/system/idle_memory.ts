import { cpuUsage } from "node:process";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Clock } from "../../core/ports/clock.ts";

/** How often it is looked at. */
const LOOK_MS = 2_000;
/** Processor time in that time, in milliseconds, up to which nobody is kept waiting. */
const IDLE_CPU_MS = 60;
/** Least growth of the heap since it was last tidied that is worth the work. */
const WORTH_BYTES = 16 * 1024 * 1024;
/** Beyond this the pause would be felt by whoever comes next. */
const HEAP_MAX_BYTES = 192 * 1024 * 1024;

type Collect = (options: { type: string; execution: string; flavor: string }) => void;

/**
 * Gives back what a start or a busy time has left. The engine keeps the memory of its peak until
 * it needs some anew, so that a server that nobody uses would hold a fifth more than it has.
 * One pause of some 0.1 s, only when the last seconds were quiet. Ends with the signal.
 */
export async function giveBackWhenIdle(clock: Clock, signal: AbortSignal): Promise<void> {
  const collect = collector();
  let tidiedBytes = 0;
  let usedUs = cpuUs();
  while (!signal.aborted) {
    await clock.sleep(LOOK_MS, signal).catch(() => undefined);
    if (signal.aborted) return;
    const before = usedUs;
    usedUs = cpuUs();
    const { heapTotal } = Deno.memoryUsage();
    const worth = heapTotal - tidiedBytes >= WORTH_BYTES && heapTotal <= HEAP_MAX_BYTES;
    if (!worth || usedUs - before > IDLE_CPU_MS * 1000) continue;
    collect({ type: "major", execution: "sync", flavor: "last-resort" });
    tidiedBytes = Deno.memoryUsage().heapTotal;
    usedUs = cpuUs();
  }
}

function cpuUs(): number {
  const { user, system } = cpuUsage();
  return user + system;
}

/** The engine's own collector, which a context gets that is made once the flag is set. */
function collector(): Collect {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as Collect;
}
