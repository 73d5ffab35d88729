/** Randomness, passed in. Production uses Web Crypto, tests a seeded generator. */
export interface Rng {
  /** Fresh random bytes, fit for keys and tokens in production. */
  bytes(length: number): Uint8Array;
}
