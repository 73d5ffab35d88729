const COUNTS = [
  "uploaded_files",
  "uploaded_bytes",
  "downloaded_bytes",
  "deleted_files",
  "deleted_bytes",
  "refused_uploads",
  "undrawable_pictures",
  "scan_failures",
  "fetched_files",
  "fetched_bytes",
] as const;
/** What is counted about media; monotonic. */
export type MediaCount = (typeof COUNTS)[number];

/** Takes the counts; metrics are one implementation. */
export interface MediaMeter {
  add(count: MediaCount, amount: number): void;
}

/** Keeps the sums, for metrics to read when asked. */
export class MediaCounters implements MediaMeter {
  readonly #sums = new Map<MediaCount, number>(COUNTS.map((count) => [count, 0]));

  add(count: MediaCount, amount: number): void {
    this.#sums.set(count, this.get(count) + amount);
  }

  get(count: MediaCount): number {
    return this.#sums.get(count) ?? 0;
  }

  entries(): Iterable<[MediaCount, number]> {
    return this.#sums.entries();
  }
}
