/** Answers by key, the least recently used first. */
export type Remembered<Value> = Map<string, Promise<Value>>;

/** The remembered answer, or the one that `make` gives; a failure is not remembered. */
export function remember<Value>(
  known: Remembered<Value>,
  at: { readonly key: string; readonly max: number },
  make: () => Promise<Value>,
): Promise<Value> {
  const value = known.get(at.key) ?? make();
  putNewest(known, { ...at, value });
  value.catch(() => known.get(at.key) === value && known.delete(at.key));
  return value;
}

/** Sets a value as the newest of a map that holds at most `max`; the oldest makes room. */
export function putNewest<Key, Value>(
  map: Map<Key, Value>,
  { key, value, max }: { readonly key: Key; readonly value: Value; readonly max: number },
): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= max) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    break;
  }
}
