import { effect } from "@preact/signals";
import type { ChatState } from "../store/chat.ts";

/** Where panels lie over the timeline; as in app.css. */
const NARROW = "(max-width: 63.99rem)";

/** How many of the history's entries at its end stand for what lies over the page, not for a place. */
function heldEntries(): number {
  return history.state?.over ?? 0;
}

/** On a phone Back ends what lies over the page, a dialog before a panel, and then leaves. */
export class BackCloses {
  readonly #state: ChatState;
  #returning = false;
  #waiting = false;

  constructor(state: ChatState) {
    this.#state = state;
  }

  /** Returns what ends it. */
  start(): () => void {
    // Of a page that was left with something open: nothing is open now.
    if (heldEntries() > 0) history.replaceState(null, "");
    return effect(() => {
      this.#depth();
      if (this.#waiting) return;
      this.#waiting = true;
      // One dialog may follow another, or a place be opened, in the same act.
      queueMicrotask(() => {
        this.#waiting = false;
        this.#keepUp();
      });
    });
  }

  /** After the history moved. True: it moved among what lies over the page, the place stays. */
  moved(): boolean {
    if (this.#returning) {
      this.#returning = false;
      this.#keepUp();
      return true;
    }
    const wanted = heldEntries();
    if (this.#depth() <= wanted) return false;
    if (this.#state.overlay.value !== null) this.#state.overlay.value = null;
    if (this.#depth() > wanted) this.#state.panel.value = "main";
    return true;
  }

  #depth(): number {
    const { overlay, panel } = this.#state;
    return (overlay.value === null ? 0 : 1) + (panel.value === "main" ? 0 : 1);
  }

  #keepUp(): void {
    if (this.#returning) return;
    const depth = this.#depth();
    const held = heldEntries();
    if (depth < held) {
      this.#returning = true;
      history.go(depth - held);
    } else if (matchMedia(NARROW).matches) {
      for (let over = held + 1; over <= depth; over++) history.pushState({ over }, "");
    }
  }
}
