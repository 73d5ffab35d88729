import type { Key } from "../i18n/t.ts";
import type { Where } from "./shortcuts.ts";

/** Keys that belong to writing and to lists everywhere; shown, never changed. */
export const FIXED_KEYS: readonly { readonly keys: readonly string[]; readonly label: Key }[] = [
  { keys: ["Enter"], label: "keys.send" },
  { keys: ["Shift+Enter"], label: "keys.line" },
  { keys: ["PageUp", "PageDown"], label: "keys.rows" },
];

/** Headings of the list, in its order. */
export const WHERE_LABELS: Readonly<Record<Where, Key>> = {
  anywhere: "keys.where.anywhere",
  page: "keys.where.page",
  composer: "keys.where.composer",
  text: "keys.where.text",
  emptyComposer: "keys.where.emptyComposer",
  message: "keys.where.message",
};
