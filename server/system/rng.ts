import type { Rng } from "../../core/ports/rng.ts";

/** Web Crypto's generator, in pieces of at most the 65,536 bytes it gives at once. */
export const systemRng: Rng = {
  bytes(length) {
    const out = new Uint8Array(length);
    for (let at = 0; at < length; at += 65_536) {
      crypto.getRandomValues(out.subarray(at, at + 65_536));
    }
    return out;
  },
};
