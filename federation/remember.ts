import { putNewest } from "../core/put_newest.ts";

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
