/** Answers by key, the least recently used first. */
export type Remembered<Value> = Map<string, Promise<Value>>;

/** The remembered answer, or the one that `make` gives; a failure is not remembered. */
export function remember<Value>(
  known: Remembered<Value>,
  at: { readonly key: string; readonly max: number },
  make: () => Promise<Value>,
): Promise<Value> {
  const value = known.get(at.key) ?? make();
  known.delete(at.key);
  known.set(at.key, value);
  value.catch(() => known.get(at.key) === value && known.delete(at.key));
  if (known.size > at.max) {
    const [oldest] = known.keys();
    if (oldest !== undefined) known.delete(oldest);
  }
  return value;
}
