import { encodeBase58Of32 } from "../ids/base58.ts";
import { compareBytes } from "../ids/compare_bytes.ts";
import { type Blake3, nobleBlake3 } from "../event/hash.ts";
import type { StateView } from "./state_map.ts";

const HASH_BYTES = 32;
/** States never change: a hash is computed once for as long as its state is held. */
const known = new WeakMap<StateView, string>();

/**
 * The fingerprint by which servers compare a state: base58 of the BLAKE3 of the raw ids of all
 * its events, sorted, joined without anything between. PROTOCOL.md 7 (state).
 */
export function stateHash(state: StateView, blake3: Blake3 = nobleBlake3): string {
  const before = known.get(state);
  if (before !== undefined) return before;
  const hashes = Array.from(state.entries(), ([, event]) => event.hash).sort(compareBytes);
  const joined = new Uint8Array(hashes.length * HASH_BYTES);
  hashes.forEach((hash, at) => joined.set(hash, at * HASH_BYTES));
  const made = encodeBase58Of32(blake3(joined));
  known.set(state, made);
  return made;
}
