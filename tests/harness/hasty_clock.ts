import type { Clock } from "../../core/ports/clock.ts";
import { systemClock } from "../../server/system/clock.ts";

const HOUR_MS = 3_600_000;

/**
 * Devices wait for others a twentieth of the time that they should, and an hour for 18 s: servers
 * that were cut off pause for real, so that a device's first questions may be too early for them.
 */
export const hastyClock: Clock = {
  now: () => systemClock.now(),
  monotonic: () => systemClock.monotonic(),
  sleep: (ms, signal) => systemClock.sleep(ms / (ms < HOUR_MS ? 20 : 200), signal),
};
