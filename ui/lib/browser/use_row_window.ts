import type { RefObject } from "preact";
import { useLayoutEffect, useMemo, useState } from "preact/hooks";
import { type RowSpan, rowTops, spanAt } from "../store/row_window.ts";

/** Rows drawn before anything was measured: a screenful. */
const FIRST_ROWS = 40;

/** Heights in pixels, with the gap to the next row. */
export interface RowHeights {
  readonly row: number;
  readonly head: number;
}

/** Until the first ones are measured; they are close. */
const GUESS: RowHeights = { row: 45, head: 38 };

/**
 * Draws of a long list in `box` only what is near to what is seen. `heads` says for each row whether it is
 * a heading; all headings are of one height, and so are all others. Two spacers, drawn with
 * the attributes `above` and `below`, stand for the rest.
 */
export function useRowWindow(
  box: RefObject<HTMLDivElement>,
  heads: readonly boolean[],
  onEnd: () => void,
) {
  const [measured, setMeasured] = useState<RowHeights | undefined>(undefined);
  const heights = measured ?? GUESS;
  const [at, setAt] = useState({ top: 0, view: 0 });
  const tops = useMemo(
    () => rowTops(heads.map((head) => head ? heights.head : heights.row)),
    [heads, heights],
  );
  const span: RowSpan = at.view === 0
    ? { from: 0, to: Math.min(FIRST_ROWS, heads.length), above: 0, below: 0 }
    : spanAt(tops, at.top, at.view);
  const look = () => {
    const element = box.current;
    if (!element) return;
    const { scrollTop: top, clientHeight: view } = element;
    const next = spanAt(tops, top, view);
    if (next.from !== span.from || next.to !== span.to || at.view === 0) setAt({ top, view });
    if (next.to === heads.length) onEnd();
  };
  useLayoutEffect(() => {
    // Once: what is measured decides what is drawn, and must not change with it.
    if (!measured) setMeasured(measure(box.current));
    look();
  }, [heads, heights, span.from, span.to]);
  useLayoutEffect(() => {
    if (!box.current) return;
    const observer = new ResizeObserver(([entry]) => {
      const view = Math.round(entry?.contentRect.height ?? 0);
      if (view > 0) setAt((former) => former.view === view ? former : { ...former, view });
    });
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  // The server draws none: in its HTML a style attribute would be against the content policy.
  const spacer = (height: number) => at.view === 0 ? {} : { style: { blockSize: `${height}px` } };
  return { span, above: spacer(span.above), below: spacer(span.below), onScroll: look };
}

/** Two rows that follow one another, and a heading with the row below it. */
function measure(box: HTMLElement | null): RowHeights | undefined {
  const head = box?.querySelector<HTMLElement>("[data-head]");
  const [first, second] = box?.querySelectorAll<HTMLElement>("li + li") ?? [];
  const row = first && second && second.parentElement === first.parentElement
    ? second.offsetTop - first.offsetTop
    : 0;
  if (!box || row <= 0) return undefined;
  const top = head?.nextElementSibling?.getBoundingClientRect().top;
  const height = head && top !== undefined ? top - head.getBoundingClientRect().top : 0;
  return { row, head: height > 0 ? Math.round(height) : GUESS.head };
}
