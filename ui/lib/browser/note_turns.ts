const LOCK = "og-notes";
/** Whoever holds the turn for longer is taken to hang, and is not waited for (ms). */
const TURN_MS = 5000;

/**
 * One at a time, of all tabs and the worker, reads or shows notifications: Chromium compares those
 * it has stored with those it displays whenever the list is read, and forgets one that is stored
 * and not yet displayed in that moment. A turn must not be asked for within a turn.
 */
export async function inNoteTurn<Value>(work: () => Promise<Value>): Promise<Value> {
  // Pages that are not secure have neither locks nor a worker to show anything.
  if (!navigator.locks) return await work();
  let begun = false;
  try {
    return await navigator.locks.request(LOCK, { signal: AbortSignal.timeout(TURN_MS) }, () => {
      begun = true;
      return work();
    });
  } catch (error) {
    if (begun) throw error;
    return await work();
  }
}
