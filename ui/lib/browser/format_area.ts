import { makeLink, type Marked, toggleMark, toggleQuote } from "../keys/format_text.ts";

/** Changes what is selected in a box that has the focus. */
function change(area: HTMLTextAreaElement, how: (selected: Marked) => Marked): void {
  const { value, selectionStart, selectionEnd } = area;
  const marked = how({ text: value, start: selectionStart, end: selectionEnd });
  area.select();
  // The only way to write into a box that the browser's own undo takes back.
  document.execCommand("insertText", false, marked.text);
  area.setSelectionRange(marked.start, marked.end);
}

/** Puts marks of markdown around what is selected, or takes them away. */
export function markArea(area: HTMLTextAreaElement, mark: string): void {
  change(area, (selected) => toggleMark(selected, mark));
}

export function quoteArea(area: HTMLTextAreaElement): void {
  change(area, toggleQuote);
}

export function linkArea(area: HTMLTextAreaElement): void {
  change(area, makeLink);
}
