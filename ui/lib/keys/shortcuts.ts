import type { Key } from "../i18n/t.ts";

/**
 * Where a shortcut is valid. `page`: not while text is being written, an empty box does not count;
 * `message`: a message has the focus.
 */
export type Where = "anywhere" | "page" | "composer" | "emptyComposer" | "message";

export interface Shortcut {
  readonly id: string;
  readonly keys: readonly string[];
  /** Instead of `keys` on a Mac. */
  readonly mac?: readonly string[];
  readonly where: Where;
  readonly label: Key;
  /** Also while a dialog is open. */
  readonly overDialog?: true;
}

/** Every shortcut that can be given another key. Names of combinations: `comboOf`. */
export const SHORTCUTS = [
  { id: "switcher", keys: ["Ctrl+K"], where: "anywhere", label: "keys.switcher", overDialog: true },
  { id: "close", keys: ["Escape"], where: "anywhere", label: "keys.close", overDialog: true },
  { id: "readAll", keys: ["Shift+Escape"], where: "anywhere", label: "keys.readAll" },
  { id: "channelUp", keys: ["Alt+ArrowUp"], where: "anywhere", label: "keys.channelUp" },
  { id: "channelDown", keys: ["Alt+ArrowDown"], where: "anywhere", label: "keys.channelDown" },
  { id: "unreadUp", keys: ["Alt+Shift+ArrowUp"], where: "anywhere", label: "keys.unreadUp" },
  { id: "unreadDown", keys: ["Alt+Shift+ArrowDown"], where: "anywhere", label: "keys.unreadDown" },
  { id: "guildUp", keys: ["Ctrl+Alt+ArrowUp"], where: "anywhere", label: "keys.guildUp" },
  { id: "guildDown", keys: ["Ctrl+Alt+ArrowDown"], where: "anywhere", label: "keys.guildDown" },
  { id: "back", keys: ["Alt+ArrowLeft"], mac: ["Ctrl+["], where: "anywhere", label: "keys.back" },
  {
    id: "forward",
    keys: ["Alt+ArrowRight"],
    mac: ["Ctrl+]"],
    where: "anywhere",
    label: "keys.forward",
  },
  { id: "oldestUnread", keys: ["Shift+PageUp"], where: "page", label: "keys.oldestUnread" },
  { id: "present", keys: ["Ctrl+End"], where: "page", label: "keys.present" },
  { id: "nextArea", keys: ["F6"], where: "anywhere", label: "keys.nextArea" },
  { id: "previousArea", keys: ["Shift+F6"], where: "anywhere", label: "keys.previousArea" },
  { id: "settings", keys: ["Ctrl+,"], where: "anywhere", label: "keys.settings" },
  { id: "help", keys: ["Ctrl+/"], where: "anywhere", label: "keys.help", overDialog: true },
  { id: "upload", keys: ["Ctrl+Shift+U"], where: "anywhere", label: "keys.upload" },
  { id: "emoji", keys: ["Ctrl+E"], where: "anywhere", label: "keys.emoji" },
  { id: "bold", keys: ["Ctrl+B"], where: "composer", label: "keys.bold" },
  { id: "italic", keys: ["Ctrl+I"], where: "composer", label: "keys.italic" },
  { id: "strike", keys: ["Ctrl+Shift+X"], where: "composer", label: "keys.strike" },
  { id: "editLast", keys: ["ArrowUp"], where: "emptyComposer", label: "keys.editLast" },
  { id: "reply", keys: ["R"], where: "message", label: "keys.reply" },
  { id: "edit", keys: ["E"], where: "message", label: "keys.editThis" },
  { id: "react", keys: ["Plus"], where: "message", label: "keys.react" },
  { id: "pin", keys: ["P"], where: "message", label: "keys.pin" },
  { id: "markUnread", keys: ["U"], where: "message", label: "keys.markUnread" },
  { id: "select", keys: ["X"], where: "message", label: "keys.select" },
  { id: "delete", keys: ["Delete", "Backspace"], where: "message", label: "keys.delete" },
] as const satisfies readonly Shortcut[];

export type ShortcutId = (typeof SHORTCUTS)[number]["id"];

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
  emptyComposer: "keys.where.emptyComposer",
  message: "keys.where.message",
};
