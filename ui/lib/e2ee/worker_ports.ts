import type { Clock } from "../../../core/ports/clock.ts";
import type { Rng } from "../../../core/ports/rng.ts";

/** A browser's clock, in pages and workers. */
export const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const stop = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", stop);
        resolve();
      }, ms);
      signal?.addEventListener("abort", stop, { once: true });
    }),
};

export const rng: Rng = {
  bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
};

/** The lock that whoever uses a device's state has: a tab's worker, or the service worker. */
export const deviceLock = (userId: string) => `og-e2ee engine ${userId}`;
