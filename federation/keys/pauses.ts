import type { Clock } from "../../core/ports/clock.ts";
import { putNewest } from "../../core/put_newest.ts";

/**
 * What was asked for in vain is not asked for again for a while, doubled each time in a row from
 * `firstMs` to `mostMs`. Beyond `max` the oldest is forgotten, and may be asked for at once.
 */
export class Pauses {
  readonly #pauses = new Map<string, { readonly count: number; readonly untilMs: number }>();

  constructor(
    readonly clock: Pick<Clock, "monotonic">,
    readonly bounds: { readonly firstMs: number; readonly mostMs: number; readonly max: number },
  ) {}

  /** How many are remembered; never above the bound. */
  get size(): number {
    return this.#pauses.size;
  }

  isOver(key: string): boolean {
    return this.clock.monotonic() >= (this.#pauses.get(key)?.untilMs ?? 0);
  }

  /** It was asked for; `inVain`: it is still wanted. */
  note(key: string, inVain: boolean): void {
    if (!inVain) return void this.#pauses.delete(key);
    const { firstMs, mostMs, max } = this.bounds;
    const count = (this.#pauses.get(key)?.count ?? 0) + 1;
    const untilMs = this.clock.monotonic() + doubled(count, { firstMs, mostMs });
    putNewest(this.#pauses, { key, value: { count, untilMs }, max });
  }
}

/** The pause after so many failures in a row, in ms. */
export function doubled(
  count: number,
  { firstMs, mostMs }: { readonly firstMs: number; readonly mostMs: number },
): number {
  return Math.min(mostMs, firstMs * 2 ** Math.min(count - 1, 20));
}
