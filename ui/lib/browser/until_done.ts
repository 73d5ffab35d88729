import { clock } from "../e2ee/worker_ports.ts";

/** Pause before what failed is tried again, doubled each time: the first and the longest (ms). */
const FIRST_MS = 2000;
const LONGEST_MS = 300_000;

/**
 * Does what a page does by itself and nobody would ask for again, until it is done: a request that
 * fails once is not the end of it. Ends where `isFinal` knows an error that stays.
 */
export async function untilDone(
  act: () => Promise<unknown>,
  { signal, isFinal }: {
    readonly signal: AbortSignal;
    readonly isFinal?: (error: unknown) => boolean;
  },
): Promise<void> {
  for (let failures = 0; !signal.aborted; failures++) {
    try {
      await act();
      return;
    } catch (error) {
      if (isFinal?.(error)) return;
      const pauseMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** failures);
      await clock.sleep(pauseMs, signal).catch(() => undefined);
    }
  }
}
