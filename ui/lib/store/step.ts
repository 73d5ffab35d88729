/**
 * The next entry from where one is, around the ends. From nowhere the first or last one.
 * undefined where no other entry is wanted.
 */
export function stepFrom<Entry>(
  entries: readonly Entry[],
  { at, step, wanted }: {
    /** Index of where one is; -1: nowhere in the list. */
    readonly at: number;
    readonly step: 1 | -1;
    readonly wanted: (entry: Entry) => boolean;
  },
): Entry | undefined {
  const count = entries.length;
  const from = at < 0 && step < 0 ? count : at;
  for (let i = 1; i <= count; i++) {
    const index = (from + step * i + count * 2) % count;
    const entry = entries[index];
    if (entry !== undefined && index !== at && wanted(entry)) return entry;
  }
  return undefined;
}
