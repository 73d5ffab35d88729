import { cpuUsage } from "node:process";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Clock } from "../../core/ports/clock.ts";

/** How often it is looked at. */
const LOOK_MS = 2_000;
/** Processor time in that time, in milliseconds, up to which nobody is kept waiting. */
const IDLE_CPU_MS = 60;
/**
 * Looks in a row that must be quiet: after the start one, for what a start leaves is of no more
 * use; later those of five minutes, because tidying also drops code that was made quick.
 */
const QUIET_LOOKS = { atFirst: 1, later: 150 };
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
  let wanted = QUIET_LOOKS.atFirst;
  let quiet = 0;
  let usedUs = cpuUs();
  while (!signal.aborted) {
    await clock.sleep(LOOK_MS, signal).catch(() => undefined);
    if (signal.aborted) return;
    const before = usedUs;
    usedUs = cpuUs();
    quiet = usedUs - before > IDLE_CPU_MS * 1000 ? 0 : quiet + 1;
    if (quiet < wanted) continue;
    const { heapTotal } = Deno.memoryUsage();
    if (heapTotal - tidiedBytes < WORTH_BYTES || heapTotal > HEAP_MAX_BYTES) continue;
    collect({ type: "major", execution: "sync", flavor: "last-resort" });
    tidiedBytes = Deno.memoryUsage().heapTotal;
    wanted = QUIET_LOOKS.later;
    quiet = 0;
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
