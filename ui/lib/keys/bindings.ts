import { isSingle } from "./combo.ts";
import { type Shortcut, type ShortcutId, SHORTCUTS, type Where } from "./shortcuts.ts";

/** What someone chose instead of the defaults. An empty text takes the key away. */
export interface KeyChoices {
  /** False: shortcuts of a single character do nothing (WCAG 2.1.4). */
  readonly singles: boolean;
  readonly keys: Readonly<Partial<Record<ShortcutId, string>>>;
}

export const NO_CHOICES: KeyChoices = { singles: true, keys: {} };

/** Where the focus is when a key is pressed. */
export interface Focus {
  /** Whether it is in a box for text, and whether that holds any. */
  readonly text: "none" | "empty" | "written";
  readonly composer: boolean;
  readonly message: boolean;
  readonly dialog: boolean;
}

/** The narrowest place first: there a key may mean something of its own. */
const NARROW_FIRST: readonly Where[] = [
  "message",
  "emptyComposer",
  "text",
  "composer",
  "page",
  "anywhere",
];

/** Shortcuts in the order in which a press is looked up. */
export const ORDERED: readonly (Shortcut & { readonly id: ShortcutId })[] = NARROW_FIRST.flatMap((
  where,
) => SHORTCUTS.filter((shortcut) => shortcut.where === where));

export function keysOf(
  choices: KeyChoices,
  shortcut: Shortcut & { readonly id: ShortcutId },
  mac: boolean,
): readonly string[] {
  const chosen = choices.keys[shortcut.id];
  if (chosen !== undefined) return chosen === "" ? [] : [chosen];
  return (mac ? shortcut.mac : undefined) ?? shortcut.keys;
}

export function isValid(where: Where, focus: Focus): boolean {
  switch (where) {
    case "anywhere":
      return true;
    case "page":
      return focus.text !== "written";
    case "composer":
      return focus.composer;
    case "text":
      return focus.composer && focus.text === "written";
    case "emptyComposer":
      return focus.composer && focus.text === "empty";
    case "message":
      return focus.message;
  }
}

/** What a press means where the focus is; undefined: nothing of ours. */
export function findShortcut(
  combo: string,
  { choices, focus, mac }: { choices: KeyChoices; focus: Focus; mac: boolean },
): ShortcutId | undefined {
  const single = isSingle(combo);
  if (single && !choices.singles) return undefined;
  return ORDERED.find((shortcut) =>
    (!focus.dialog || shortcut.overDialog === true) &&
    isValid(shortcut.where, focus) &&
    keysOf(choices, shortcut, mac).includes(combo)
  )?.id;
}

/** Choices as they were stored; whatever is not one is left out. */
export function parseChoices(stored: string | null): KeyChoices {
  let value: unknown;
  try {
    value = JSON.parse(stored ?? "null");
  } catch {
    return NO_CHOICES;
  }
  if (typeof value !== "object" || value === null) return NO_CHOICES;
  const { singles, keys } = value as { singles?: unknown; keys?: unknown };
  const held = typeof keys === "object" && keys !== null ? keys as Record<string, unknown> : {};
  const known = SHORTCUTS.flatMap(({ id }) => {
    const combo = held[id];
    return typeof combo === "string" && combo.length <= 40 ? [[id, combo]] : [];
  });
  return { singles: singles !== false, keys: Object.fromEntries(known) };
}
