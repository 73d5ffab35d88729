import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";

/** Whether text of a box is selected; the focus may also be on a toolbar for it, inside `around`. */
export function useSelected(
  area: RefObject<HTMLTextAreaElement>,
  around: RefObject<HTMLElement>,
): boolean {
  const [selected, setSelected] = useState(false);
  useEffect(() => {
    const look = () => {
      const box = area.current;
      const at = document.activeElement;
      const bar = at?.closest("[role=toolbar]");
      const near = at === box || bar && around.current?.contains(bar);
      setSelected(Boolean(near) && box?.selectionStart !== box?.selectionEnd);
    };
    const events = ["selectionchange", "focusin", "focusout"] as const;
    // While the focus moves nothing has it.
    const later = () => setTimeout(look);
    for (const event of events) document.addEventListener(event, later);
    return () => {
      for (const event of events) document.removeEventListener(event, later);
    };
  }, []);
  return selected;
}
