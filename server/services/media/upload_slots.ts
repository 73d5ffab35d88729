import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { MEDIA_LIMITS } from "./media_settings.ts";

/** Bounds uploads under way in this process: for all, and for each user. */
export class UploadSlots {
  readonly #perUser = new Map<UserId, number>();
  #all = 0;

  /** Throws `rate_limited` or `unavailable`; the slot is free again on disposal. */
  take(user: UserId): Disposable {
    const mine = this.#perUser.get(user) ?? 0;
    if (mine >= MEDIA_LIMITS.maxConcurrentPerUser) {
      throw new OperationError(
        "rate_limited",
        `You have ${mine} uploads under way; wait until one of them is done.`,
        { details: { retry_after_ms: 1000 } },
      );
    }
    if (this.#all >= MEDIA_LIMITS.maxConcurrent) {
      throw new OperationError(
        "unavailable",
        "The server is taking as many uploads as it can; try again in a minute.",
      );
    }
    this.#perUser.set(user, mine + 1);
    this.#all++;
    return { [Symbol.dispose]: () => this.#release(user) };
  }

  #release(user: UserId): void {
    const left = (this.#perUser.get(user) ?? 1) - 1;
    if (left === 0) this.#perUser.delete(user);
    else this.#perUser.set(user, left);
    this.#all--;
  }
}
