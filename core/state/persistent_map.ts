interface Identified {
  readonly id: string;
}

/**
 * An immutable map with string keys whose copies share what did not change: one
 * replacement in a map of 10,000 copies about 40 entries, and two related maps are
 * compared by the parts they do not share.
 */
export class PersistentMap<Value extends Identified> {
  static readonly #targetBucketSize = 32;
  readonly #buckets: readonly ReadonlyMap<string, Value>[];
  readonly size: number;

  private constructor(buckets: readonly ReadonlyMap<string, Value>[], size: number) {
    this.#buckets = buckets;
    this.size = size;
  }

  static empty<Value extends Identified>(): PersistentMap<Value> {
    return new PersistentMap<Value>([new Map()], 0);
  }

  static from<Value extends Identified>(entries: Iterable<readonly [string, Value]>) {
    const all = new Map(entries);
    return new PersistentMap(spread(all, bucketCount(all.size)), all.size);
  }

  get(key: string): Value | undefined {
    return this.#bucketOf(key).get(key);
  }

  #bucketOf(key: string): ReadonlyMap<string, Value> {
    const bucket = this.#buckets.length === 1
      ? this.#buckets[0]
      : this.#buckets[hash(key) & (this.#buckets.length - 1)];
    return bucket ?? new Map();
  }

  with(key: string, value: Value): PersistentMap<Value> {
    const before = this.get(key);
    if (before === value) return this;
    const size = this.size + (before === undefined ? 1 : 0);
    const count = this.#buckets.length;
    if (size > count * PersistentMap.#targetBucketSize * 2) {
      const all = new Map(this.entries());
      all.set(key, value);
      return new PersistentMap(spread(all, bucketCount(size)), size);
    }
    return this.#replace(key, size, (bucket) => bucket.set(key, value));
  }

  without(key: string): PersistentMap<Value> {
    if (this.get(key) === undefined) return this;
    return this.#replace(key, this.size - 1, (bucket) => bucket.delete(key));
  }

  #replace(key: string, size: number, change: (bucket: Map<string, Value>) => void) {
    const bucket = new Map(this.#bucketOf(key));
    change(bucket);
    const buckets = this.#buckets.slice();
    buckets[buckets.length === 1 ? 0 : hash(key) & (buckets.length - 1)] = bucket;
    return new PersistentMap(buckets, size);
  }

  *entries(): IterableIterator<[string, Value]> {
    for (const bucket of this.#buckets) yield* bucket.entries();
  }

  *values(): IterableIterator<Value> {
    for (const bucket of this.#buckets) yield* bucket.values();
  }

  /** Keys that the two maps do not hold with the same value (compared by their ids). */
  *differingKeys(other: PersistentMap<Value>): IterableIterator<string> {
    if (this === other) return;
    if (this.#buckets.length !== other.#buckets.length) {
      for (const [key, value] of this.entries()) if (other.get(key)?.id !== value.id) yield key;
      for (const [key] of other.entries()) if (this.get(key) === undefined) yield key;
      return;
    }
    for (let index = 0; index < this.#buckets.length; index++) {
      const mine = this.#buckets[index];
      const theirs = other.#buckets[index];
      if (mine === theirs || mine === undefined || theirs === undefined) continue;
      for (const [key, value] of mine) if (theirs.get(key)?.id !== value.id) yield key;
      for (const key of theirs.keys()) if (!mine.has(key)) yield key;
    }
  }
}

function bucketCount(size: number): number {
  let count = 1;
  while (count * 32 < size) count *= 4;
  return count;
}

function spread<Value>(all: ReadonlyMap<string, Value>, count: number) {
  const buckets = Array.from({ length: count }, () => new Map<string, Value>());
  for (const [key, value] of all) buckets[hash(key) & (count - 1)]?.set(key, value);
  return buckets;
}

/** FNV-1a; only spreads keys over buckets, so collisions cost time and nothing else. */
function hash(key: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) {
    value = Math.imul(value ^ key.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
}
