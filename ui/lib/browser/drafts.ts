import type { ChatState } from "../store/chat.ts";
import { type Draft, packDraft, unpackDraft } from "../store/composing.ts";

/** One person's drafts are not another's, also in one browser. */
const startOf = (userId: string) => `og-draft:${userId}:`;
const nameOf = (state: ChatState, key: string) => startOf(state.self.value.user.id) + key;

/** The unfinished message of a channel; it survives a reload. */
export function readDraft(state: ChatState, key: string): Draft {
  try {
    return unpackDraft(localStorage.getItem(nameOf(state, key)));
  } catch {
    return unpackDraft(null);
  }
}

/** Changes the parts given. A full or blocked store loses only the survival. */
export function writeDraft(state: ChatState, key: string, part: Partial<Draft>): void {
  try {
    const packed = packDraft({ ...readDraft(state, key), ...part });
    if (packed === null) localStorage.removeItem(nameOf(state, key));
    else localStorage.setItem(nameOf(state, key), packed);
  } catch {
    // Without storage the text still stands in the box.
  }
}

/** Takes all drafts of a person off this browser. */
export function forgetDrafts(userId: string): void {
  try {
    for (const name of Object.keys(localStorage)) {
      if (name.startsWith(startOf(userId))) localStorage.removeItem(name);
    }
  } catch {
    // Where storage is blocked there are none.
  }
}
