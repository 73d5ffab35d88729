import { findShortcut, type Focus } from "../keys/bindings.ts";
import { comboOf, onMac } from "../keys/combo.ts";
import type { ChatState } from "../store/chat.ts";
import { allDrawn, whenDrawn } from "./hydrate_later.ts";
import { act } from "./key_acts.ts";
import { readKeys, watchKeys } from "./key_store.ts";
import { focusedMessage } from "./message_keys.ts";
import { typeAnywhere } from "./type_anywhere.ts";

/**
 * Shortcuts of the whole app. What is pressed before all of the page is taken over is done then.
 * Returns what unbinds them.
 */
export function bindKeys(state: ChatState): () => void {
  const mac = onMac();
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    const combo = comboOf(event, mac);
    const focus = focusOf(state, event.target);
    const id = combo === undefined
      ? undefined
      : findShortcut(combo, { choices: state.keys.value, focus, mac });
    if (id === undefined) return typeAnywhere(state, event);
    if (!allDrawn()) {
      event.preventDefault();
      whenDrawn(() => act(state, id));
    } else if (act(state, id)) event.preventDefault();
  };
  state.keys.value = readKeys();
  const unwatch = watchKeys((choices) => state.keys.value = choices);
  addEventListener("keydown", onKey);
  return () => {
    unwatch();
    removeEventListener("keydown", onKey);
  };
}

/** Kinds of input that hold no text one writes. */
const NO_TEXT = /^(button|checkbox|color|file|image|radio|range|reset|submit)$/;

function focusOf(state: ChatState, target: EventTarget | null): Focus {
  const box = target instanceof HTMLTextAreaElement ||
      target instanceof HTMLInputElement && !NO_TEXT.test(target.type)
    ? target
    : undefined;
  return {
    text: !box ? "none" : box.value === "" ? "empty" : "written",
    composer: box?.matches(".composer textarea") ?? false,
    message: focusedMessage(state) !== undefined,
    dialog: state.overlay.value !== null,
  };
}
