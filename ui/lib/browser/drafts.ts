const PREFIX = "og-draft:";

/** Unsent text of each channel; it survives a reload. A full or blocked store loses only that. */
export function readDraft(key: string): string {
  try {
    return localStorage.getItem(PREFIX + key) ?? "";
  } catch {
    return "";
  }
}

export function writeDraft(key: string, text: string): void {
  try {
    if (text === "") localStorage.removeItem(PREFIX + key);
    else localStorage.setItem(PREFIX + key, text);
  } catch {
    // Without storage the text still stands in the box.
  }
}
