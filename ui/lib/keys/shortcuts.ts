/**
 * Where a shortcut is valid. `page`: not while text is being written, an empty box does not count;
 * `text`: there is some in the composer; `message`: a message has the focus.
 */
export type Where = "anywhere" | "page" | "composer" | "text" | "emptyComposer" | "message";

export interface Shortcut {
  readonly id: string;
  readonly keys: readonly string[];
  /** Instead of `keys` on a Mac. */
  readonly mac?: readonly string[];
  readonly where: Where;
  /** Also while a dialog is open. */
  readonly overDialog?: true;
}

/**
 * Every shortcut that can be given another key. Names of combinations: `comboOf`. What each does is
 * said by the text `keys.ID`, which only the lists of shortcuts need.
 */
export const SHORTCUTS = [
  { id: "switcher", keys: ["Ctrl+K"], where: "anywhere", overDialog: true },
  { id: "searchHere", keys: ["Ctrl+F"], where: "anywhere" },
  { id: "close", keys: ["Escape"], where: "anywhere", overDialog: true },
  { id: "readAll", keys: ["Shift+Escape"], where: "anywhere" },
  { id: "channelUp", keys: ["Alt+ArrowUp"], where: "anywhere" },
  { id: "channelDown", keys: ["Alt+ArrowDown"], where: "anywhere" },
  { id: "unreadUp", keys: ["Alt+Shift+ArrowUp"], where: "anywhere" },
  { id: "unreadDown", keys: ["Alt+Shift+ArrowDown"], where: "anywhere" },
  { id: "guildUp", keys: ["Ctrl+Alt+ArrowUp"], where: "anywhere" },
  { id: "guildDown", keys: ["Ctrl+Alt+ArrowDown"], where: "anywhere" },
  { id: "back", keys: ["Alt+ArrowLeft"], mac: ["Ctrl+["], where: "anywhere" },
  {
    id: "forward",
    keys: ["Alt+ArrowRight"],
    mac: ["Ctrl+]"],
    where: "anywhere",
  },
  // Where a text is being written the same key is for italics.
  { id: "inbox", keys: ["Ctrl+I"], where: "page", overDialog: true },
  { id: "oldestUnread", keys: ["Shift+PageUp"], where: "page" },
  { id: "present", keys: ["Ctrl+End"], where: "page" },
  { id: "nextArea", keys: ["F6"], where: "anywhere" },
  { id: "previousArea", keys: ["Shift+F6"], where: "anywhere" },
  { id: "settings", keys: ["Ctrl+,"], where: "anywhere" },
  { id: "help", keys: ["Ctrl+/"], where: "anywhere", overDialog: true },
  { id: "upload", keys: ["Ctrl+Shift+U"], where: "anywhere" },
  { id: "emoji", keys: ["Ctrl+E"], where: "anywhere" },
  { id: "voiceMute", keys: ["Ctrl+Shift+M"], where: "anywhere" },
  { id: "voiceDeafen", keys: ["Ctrl+Shift+D"], where: "anywhere" },
  { id: "voicePriority", keys: ["Ctrl+Shift+Y"], where: "anywhere" },
  { id: "callHere", keys: ["Ctrl+Shift+L"], where: "anywhere", overDialog: true },
  {
    id: "callDecline",
    keys: ["Ctrl+Shift+Backspace"],
    where: "anywhere",
    overDialog: true,
  },
  { id: "voiceTalk", keys: ["Ctrl+Space"], mac: ["Control+Space"], where: "anywhere" },
  { id: "bold", keys: ["Ctrl+B"], where: "composer" },
  { id: "italic", keys: ["Ctrl+I"], where: "text" },
  { id: "strike", keys: ["Ctrl+Shift+X"], where: "composer" },
  { id: "editLast", keys: ["ArrowUp"], where: "emptyComposer" },
  { id: "reply", keys: ["R"], where: "message" },
  { id: "thread", keys: ["T"], where: "message" },
  { id: "edit", keys: ["E"], where: "message" },
  { id: "react", keys: ["Plus"], where: "message" },
  { id: "pin", keys: ["P"], where: "message" },
  { id: "markUnread", keys: ["U"], where: "message" },
  { id: "select", keys: ["X"], where: "message" },
  { id: "delete", keys: ["Delete", "Backspace"], where: "message" },
] as const satisfies readonly Shortcut[];

export type ShortcutId = (typeof SHORTCUTS)[number]["id"];
