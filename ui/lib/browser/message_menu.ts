const MARGIN_PX = 8;
/** What has a menu of the browser's own, or of its own. */
const OTHERS = "a, img, video, audio, input, textarea, select, .reaction, .tools";

/** A right click on a message, or the menu key, opens the rest of its tools, where the pointer is. */
export function openMessageMenu(event: MouseEvent): void {
  const row = event.currentTarget as HTMLElement;
  const more = row.querySelector<HTMLElement>(".tools .menu > button");
  const { target } = event;
  // A finger that rests selects text, and what is selected is there to be copied.
  const touched = "pointerType" in event && event.pointerType === "touch";
  if (!more || event.defaultPrevented || touched || !getSelection()?.isCollapsed) return;
  if (target instanceof Element && target !== row && target.closest(OTHERS)) return;
  event.preventDefault();
  more.click();
  const { clientX: x, clientY: y } = event;
  // The menu key has no place of its own: the menu stays at its button.
  if (x === 0 && y === 0) return;
  requestAnimationFrame(() => {
    const list = row.querySelector<HTMLElement>(".tools .menu-list");
    if (!list) return;
    const fit = (at: number, size: number, room: number) =>
      `${Math.max(MARGIN_PX, Math.min(at, room - size - MARGIN_PX))}px`;
    list.style.left = fit(x, list.offsetWidth, innerWidth);
    list.style.top = fit(y, list.offsetHeight, innerHeight);
  });
}
