import type { ScrollAnchor } from "../store/rows.ts";

const MESSAGES = "article[data-row]";

/**
 * The scroller is reversed (`column-reverse`): scrollTop is 0 at the present and negative above
 * it, so that a page without scripts opens at the newest message.
 *
 * The anchor is the first message in sight. Never a divider: that of the day goes up to the older messages as
 * they come. Nor the very first message, which loses its head to the one that comes before it.
 */
export function captureAnchor(box: HTMLElement): ScrollAnchor {
  const top = box.getBoundingClientRect().top;
  const rows = box.querySelectorAll<HTMLElement>(MESSAGES);
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    const row = rows[middle];
    if (row && row.getBoundingClientRect().bottom > top) high = middle;
    else low = middle + 1;
  }
  const row = low === 0 ? rows[1] ?? rows[0] : rows[low];
  if (!row) return "present";
  return { id: row.dataset["row"] ?? "", top: row.getBoundingClientRect().top - top };
}

/** Puts the anchored row back where it was; a row that is gone leaves things as they are. */
export function restoreAnchor(box: HTMLElement, anchor: ScrollAnchor): void {
  if (anchor === "present") {
    if (box.scrollTop !== 0) box.scrollTop = 0;
    return;
  }
  const row = box.querySelector<HTMLElement>(`[data-row="${CSS.escape(anchor.id)}"]`);
  if (!row) return;
  const drift = row.getBoundingClientRect().top - box.getBoundingClientRect().top - anchor.top;
  if (Math.abs(drift) >= 1) box.scrollTop += drift;
}
