import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import { awayCode } from "./away.ts";

/** Pauses between two tries: the first, and the longest; each is twice the one before (ms). */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2000;

/** How long is waited, and who is told. */
export interface Patience {
  readonly clock: Pick<Clock, "sleep">;
  readonly log: Log;
  /** Aborted: what fails then throws, and no pause is waited out. */
  readonly signal: AbortSignal;
}

/**
 * For what follows the log and has nobody who would ask again: while the database that it needs
 * is away, `work` is begun anew until it is back. Whatever fails for another reason throws at
 * once. `work` may have been done in part before: it must be safe to repeat, and it must not ask
 * other servers, which may be away for good.
 */
export async function untilBack<T>(work: () => Promise<T>, patience: Patience): Promise<T> {
  const { clock, log, signal } = patience;
  for (let pauseMs = FIRST_PAUSE_MS;; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted || awayCode(error) === undefined) throw error;
      log.log("warn", "What was stored is looked at again once the database is back.", { error });
      await clock.sleep(pauseMs, signal).catch(() => undefined);
      if (signal.aborted) throw error;
    }
  }
}
