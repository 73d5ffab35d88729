import { type KeyChoices, keysOf, ORDERED } from "./bindings.ts";
import { isSingle } from "./combo.ts";
import { type ShortcutId, SHORTCUTS, type Where } from "./shortcuts.ts";

/** Keys that browsers keep for themselves; a page never hears them. */
const BROWSER_KEYS = new Set([
  "Ctrl+N",
  "Ctrl+T",
  "Ctrl+W",
  "Ctrl+Shift+N",
  "Ctrl+Shift+T",
  "Ctrl+Shift+W",
  "Ctrl+Tab",
  "Ctrl+Shift+Tab",
  "Alt+F4",
  "F11",
]);

const WRITING: readonly Where[] = ["composer", "text", "emptyComposer"];

/** Places in which one press could mean either of two things. */
function overlaps(a: Where, b: Where): boolean {
  const apart = (one: Where, other: Where) =>
    one === "message" && WRITING.includes(other) ||
    one === "text" && (other === "emptyComposer" || other === "page");
  return !apart(a, b) && !apart(b, a);
}

/** Shortcuts that have the key already where the given one is valid. */
export function conflictsOf(
  choices: KeyChoices,
  { id, combo, mac }: { id: ShortcutId; combo: string; mac: boolean },
): ShortcutId[] {
  const own = SHORTCUTS.find((shortcut) => shortcut.id === id);
  if (!own) return [];
  return ORDERED.filter((other) =>
    other.id !== id && overlaps(own.where, other.where) &&
    keysOf(choices, other, mac).includes(combo)
  ).map((other) => other.id);
}

/** Why a key cannot be given to a shortcut at all; undefined where it can. */
export function refuseCombo(id: ShortcutId, combo: string): "browser" | "typing" | undefined {
  if (BROWSER_KEYS.has(combo)) return "browser";
  const own = SHORTCUTS.find((shortcut) => shortcut.id === id);
  const writes = isSingle(combo) || /^(Shift\+)?(Enter|Backspace|Delete|Tab)$/.test(combo);
  return own?.where !== "message" && writes ? "typing" : undefined;
}
