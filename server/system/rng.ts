import type { Rng } from "../../core/ports/rng.ts";

/** Bytes fetched ahead for small requests: a call of the generator costs more than they do. */
const AHEAD_BYTES = 4096;
const SMALL_BYTES = 64;

const ahead = new Uint8Array(AHEAD_BYTES);
let used = AHEAD_BYTES;

/** Each byte is given out once and not kept. */
function takeAhead(length: number): Uint8Array<ArrayBuffer> {
  if (used + length > AHEAD_BYTES) {
    crypto.getRandomValues(ahead);
    used = 0;
  }
  const out = ahead.slice(used, used + length);
  ahead.fill(0, used, used + length);
  used += length;
  return out;
}

/** Web Crypto's generator, in pieces of at most the 65,536 bytes it gives at once. */
export const systemRng: Rng = {
  bytes(length) {
    if (length <= SMALL_BYTES) return takeAhead(length);
    const out = new Uint8Array(length);
    for (let at = 0; at < length; at += 65_536) {
      crypto.getRandomValues(out.subarray(at, at + 65_536));
    }
    return out;
  },
};
