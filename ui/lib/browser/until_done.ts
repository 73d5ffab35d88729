/** Pause before what failed is tried again, doubled each time: the first and the longest (ms). */
const FIRST_MS = 2000;
const LONGEST_MS = 300_000;

/** Resolves after a time, or when it is over with what it was for. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });
}

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
      await pause(Math.min(LONGEST_MS, FIRST_MS * 2 ** failures), signal);
    }
  }
}
