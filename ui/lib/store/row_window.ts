/** Rows drawn beyond each edge of what is seen. */
const OVERSCAN = 10;
/** The drawn span moves in steps of so many rows: not every pixel of scrolling draws anew. */
const STEP = 5;

/** Rows `from` up to, not with, `to`; and the pixels that stand for the others. */
export interface RowSpan {
  readonly from: number;
  readonly to: number;
  readonly above: number;
  readonly below: number;
}

/** Where each row begins, and where the last one ends: one entry more than there are rows. */
export function rowTops(heights: Iterable<number>): number[] {
  const tops = [0];
  for (const height of heights) tops.push((tops.at(-1) ?? 0) + height);
  return tops;
}

/** The rows to draw where `view` pixels from `top` on are seen. */
export function spanAt(tops: readonly number[], top: number, view: number): RowSpan {
  const count = tops.length - 1;
  const whole = tops[count] ?? 0;
  const first = rowAt(tops, Math.min(Math.max(top, 0), whole));
  const last = rowAt(tops, Math.min(Math.max(top + view, 0), whole));
  const from = Math.max(0, Math.floor((first - OVERSCAN) / STEP) * STEP);
  const to = Math.min(count, Math.ceil((last + 1 + OVERSCAN) / STEP) * STEP);
  return { from, to, above: tops[from] ?? 0, below: whole - (tops[to] ?? 0) };
}

/** The last row that begins at or before `y`. */
function rowAt(tops: readonly number[], y: number): number {
  let low = 0;
  let high = tops.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((tops[middle] ?? 0) <= y) low = middle;
    else high = middle - 1;
  }
  return Math.min(low, Math.max(0, tops.length - 2));
}
