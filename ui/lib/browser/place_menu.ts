import type { ChatState } from "../store/chat.ts";
import type { MenuTarget } from "../store/menu_target.ts";

/** A finger that rests this long asks for the menu; where the browser says so itself, earlier. */
const LONG_PRESS_MS = 500;
/** A finger that moves further scrolls. */
const STILL_PX = 10;

// One finger at a time, whatever is drawn anew while it rests.
let timer: ReturnType<typeof setTimeout> | undefined;
let start = { x: 0, y: 0 };
let pressed = false;

/** Opens the menu under an element. */
export function openMenuAt(state: ChatState, from: HTMLElement, target: MenuTarget): void {
  const box = from.getBoundingClientRect();
  state.placeMenu.value = { target, from, x: box.left + 8, y: box.bottom + 2 };
}

/** Handlers of a row whose menu opens by right click, menu key or a long press. */
export function menuHandlers(state: ChatState, target: MenuTarget) {
  const cancel = () => clearTimeout(timer);
  const open = (from: HTMLElement, x: number, y: number) => {
    cancel();
    state.placeMenu.value = { target, from, x, y };
  };
  return {
    onContextMenu(event: MouseEvent) {
      event.preventDefault();
      const from = event.currentTarget as HTMLElement;
      // The menu key has no place of its own.
      if (event.clientX === 0 && event.clientY === 0) openMenuAt(state, from, target);
      else open(from, event.clientX, event.clientY);
    },
    onTouchStart(event: TouchEvent) {
      const [touch] = event.touches;
      pressed = false;
      cancel();
      if (!touch || event.touches.length > 1) return;
      start = { x: touch.clientX, y: touch.clientY };
      const from = event.currentTarget as HTMLElement;
      timer = setTimeout(() => {
        pressed = true;
        open(from, start.x, start.y);
      }, LONG_PRESS_MS);
    },
    onTouchMove(event: TouchEvent) {
      const [touch] = event.touches;
      if (touch && Math.hypot(touch.clientX - start.x, touch.clientY - start.y) > STILL_PX) {
        cancel();
      }
    },
    onTouchEnd(event: TouchEvent) {
      cancel();
      // The end of a long press is no tap.
      if (pressed && event.cancelable) event.preventDefault();
    },
  };
}
