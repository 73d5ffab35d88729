import { type RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useRoving } from "../../../lib/browser/use_roving.ts";
import { useChat } from "../chat_context.ts";

/**
 * The keys of a list of the inbox: arrows, and J and K, go from row to row, E marks the one with
 * the focus as read. Single letters do nothing where they were turned off. `rows`: how many there
 * are; when the focused one goes, the focus goes to the one in its place.
 */
export function useInboxKeys(
  rows: number,
  onClear: (at: number) => void,
): { list: RefObject<HTMLUListElement>; onKeyDown: (event: KeyboardEvent) => void } {
  const state = useChat();
  const list = useRoving<HTMLUListElement>();
  /** Where the focus was when a row was cleared. */
  const at = useRef<number | undefined>(undefined);
  const stops = () => [...list.current?.querySelectorAll<HTMLElement>("[data-stop]") ?? []];
  useEffect(() => {
    const was = at.current;
    at.current = undefined;
    if (was === undefined || list.current?.contains(document.activeElement)) return;
    const left = stops();
    const next = left[Math.min(was, left.length - 1)];
    (next ?? document.querySelector<HTMLElement>(".inbox-tab.here"))?.focus();
  }, [rows]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !state.keys.value.singles) return;
    const rowsNow = [...list.current?.children ?? []];
    const here = rowsNow.findIndex((row) => row.contains(document.activeElement));
    const key = event.key.toLowerCase();
    if (here < 0 || !["j", "k", "e"].includes(key)) return;
    event.preventDefault();
    if (key === "e") {
      at.current = here;
      onClear(here);
    } else {
      const all = stops();
      const next = all[Math.max(0, Math.min(all.length - 1, here + (key === "j" ? 1 : -1)))];
      next?.focus();
      next?.scrollIntoView({ block: "nearest" });
    }
  };
  return { list, onKeyDown };
}
