/** What closes each open popover, the last opened one at the end. One list per tab. */
const open: (() => void)[] = [];

/** Tells that a popover is open. Returns what to call when it is not any more. */
export function holdPopover(close: () => void): () => void {
  open.push(close);
  return () => {
    const at = open.lastIndexOf(close);
    if (at >= 0) open.splice(at, 1);
  };
}

export function popoverOpen(): boolean {
  return open.length > 0;
}

/** Closes the popover that was opened last. */
export function closePopover(): void {
  open.at(-1)?.();
}
