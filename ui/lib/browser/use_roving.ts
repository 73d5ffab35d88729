import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

/**
 * One stop of Tab in a list of many: among the elements marked `data-stop` the arrow keys, Home
 * and End move. Buttons that belong to a stop (`data-stop-act` in the same list item) are reached
 * by Tab from it. Without scripts everything is a stop of its own.
 */
export function useRoving<Box extends HTMLElement>(): RefObject<Box> {
  const ref = useRef<Box>(null);
  useEffect(() => {
    const box = ref.current;
    if (!box) return;
    const onKey = (event: KeyboardEvent) => move(box, event);
    const onFocus = (event: Event) => {
      const stop = (event.target as Element).closest<HTMLElement>("[data-stop]");
      if (stop) settle(box, stop);
    };
    const observer = new MutationObserver(() => settle(box));
    settle(box);
    observer.observe(box, {
      childList: true,
      subtree: true,
      attributeFilter: ["aria-current", "open"],
    });
    box.addEventListener("keydown", onKey);
    box.addEventListener("focusin", onFocus);
    return () => {
      observer.disconnect();
      box.removeEventListener("keydown", onKey);
      box.removeEventListener("focusin", onFocus);
    };
  }, []);
  return ref;
}

function stopsOf(box: HTMLElement): HTMLElement[] {
  return [...box.querySelectorAll<HTMLElement>("[data-stop]")]
    .filter((stop) => stop.checkVisibility());
}

/** What is current, if it is not folded away: asking what is visible lays the page out. */
function currentStop(box: HTMLElement): Element | undefined {
  return [...box.querySelectorAll("[data-stop][aria-current]")]
    .find((each) => each.closest("details:not([open])") === null);
}

/** Makes one stop the list's: the given one, the one with the focus, the current, or the first. */
function settle(box: HTMLElement, wanted?: HTMLElement): void {
  const focused = box.contains(document.activeElement) ? document.activeElement : null;
  const stop = wanted ?? (focused?.matches("[data-stop]") ? focused : undefined) ??
    currentStop(box) ?? stopsOf(box)[0];
  for (const each of box.querySelectorAll("[data-stop]")) setStop(each, each === stop);
  const acts = stop?.closest("li, summary");
  for (const act of box.querySelectorAll("[data-stop-act]")) {
    setStop(act, acts?.contains(act) === true);
  }
}

/** Nothing is written where it stands: there are many, and hardly one changes. */
function setStop(element: Element, on: boolean): void {
  const value = on ? "0" : "-1";
  if (element.getAttribute("tabindex") !== value) element.setAttribute("tabindex", value);
}

function move(box: HTMLElement, event: KeyboardEvent): void {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const stops = stopsOf(box);
  const at = stops.findIndex((stop) => stop === event.target);
  if (at < 0) return;
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: stops.length - 1 }[event.key];
  const next = to === undefined ? undefined : stops[(to + stops.length) % stops.length];
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}
