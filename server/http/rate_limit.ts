import type { Clock } from "../../core/ports/clock.ts";

/** `quota` requests in every `windowMs`, spent at once or spread; 0 switches the limit off. */
export interface RatePolicy {
  readonly name: string;
  readonly quota: number;
  readonly windowMs: number;
}

export interface RateVerdict {
  readonly policy: RatePolicy;
  readonly allowed: boolean;
  readonly remaining: number;
  /** Until the whole quota is back. */
  readonly resetMs: number;
  /** Until the next request is allowed; 0 where it was. */
  readonly retryAfterMs: number;
}

/**
 * Generic cell rate algorithm: one number a key, the time at which its quota is whole
 * again. At most `keyCount` keys are held; the one unused longest makes room.
 */
export class RateLimiter {
  readonly #policy: RatePolicy;
  readonly #clock: Clock;
  readonly #keyCount: number;
  readonly #wholeAtMs = new Map<string, number>();

  constructor(deps: { clock: Clock }, policy: RatePolicy, options: { keyCount: number }) {
    this.#clock = deps.clock;
    this.#policy = policy;
    this.#keyCount = options.keyCount;
  }

  /** Keys held; never above the bound. */
  get size(): number {
    return this.#wholeAtMs.size;
  }

  take(key: string): RateVerdict | undefined {
    const { quota, windowMs } = this.#policy;
    if (quota <= 0) return undefined;
    const now = this.#clock.monotonic();
    const costMs = windowMs / quota;
    const wholeAt = Math.max(now, this.#wholeAtMs.get(key) ?? now);
    const nextWholeAt = wholeAt + costMs;
    const waitMs = nextWholeAt - now - windowMs;
    // A thousandth of a request of tolerance, or rounding would refuse the last of the quota.
    const allowed = waitMs <= costMs / 1000;
    this.#hold(key, allowed ? nextWholeAt : wholeAt);
    const used = (allowed ? nextWholeAt : wholeAt) - now;
    return {
      policy: this.#policy,
      allowed,
      remaining: Math.max(0, Math.floor((windowMs - used) / costMs + 0.001)),
      resetMs: used,
      retryAfterMs: allowed ? 0 : waitMs,
    };
  }

  #hold(key: string, wholeAtMs: number): void {
    this.#wholeAtMs.delete(key);
    if (this.#wholeAtMs.size >= this.#keyCount) {
      const oldest = this.#wholeAtMs.keys().next();
      if (oldest.done !== true) this.#wholeAtMs.delete(oldest.value);
    }
    this.#wholeAtMs.set(key, wholeAtMs);
  }
}

/** Headers of draft-ietf-httpapi-ratelimit-headers-10, for the verdict nearest to refusal. */
export function rateHeaders(verdict: RateVerdict): Record<string, string> {
  const { name, quota, windowMs } = verdict.policy;
  const windowS = Math.ceil(windowMs / 1000);
  return {
    "ratelimit-policy": `"${name}";q=${quota};w=${windowS}`,
    "ratelimit": `"${name}";r=${verdict.remaining};t=${Math.ceil(verdict.resetMs / 1000)}`,
  };
}

/**
 * The key of an address: an IPv6 visitor owns a /64 at least, so that is what is counted;
 * an IPv4 address inside IPv6 counts as itself.
 */
export function addressKey(address: string): string {
  if (!address.includes(":")) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped?.[1] !== undefined) return mapped[1];
  const [head = "", tail] = address.toLowerCase().split("%")[0]?.split("::") ?? [];
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined
    ? []
    : new Array<string>(Math.max(0, 8 - left.length - right.length)).fill("0");
  return `${[...left, ...zeros, ...right].slice(0, 4).join(":")}::/64`;
}
