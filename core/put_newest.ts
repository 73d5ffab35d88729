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
    return;
  }
}
