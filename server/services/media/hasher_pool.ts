import { createBLAKE3, type IHasher } from "hash-wasm";

/**
 * BLAKE3 hashers to be used again: each has a WebAssembly memory of its own, which comes back
 * late. As many are made as were ever used at once, which the upload slots bound.
 */
export class HasherPool {
  readonly #free: IHasher[] = [];

  async use<T>(work: (hasher: IHasher) => Promise<T>): Promise<T> {
    const hasher = this.#free.pop() ?? await createBLAKE3();
    try {
      return await work(hasher.init());
    } finally {
      this.#free.push(hasher);
    }
  }
}
