import type { ChatState } from "../store/chat.ts";
import { isEncrypted, privacyOf } from "./privacy.ts";
import { type Draft, packDraft, unpackDraft } from "../store/composing.ts";

/** One person's drafts are not another's, also in one browser. */
const startOf = (userId: string) => `og-draft:${userId}:`;
const nameOf = (state: ChatState, key: string) => startOf(state.self.value.user.id) + key;

/** Unfinished messages of encrypted conversations, as they are written in this tab. */
const secrets = new WeakMap<ChatState, Map<string, Draft>>();

function secretsOf(state: ChatState): Map<string, Draft> {
  let held = secrets.get(state);
  if (!held) secrets.set(state, held = new Map());
  return held;
}

const isSecret = (state: ChatState, key: string) =>
  isEncrypted(state, key.slice(0, key.lastIndexOf("/")));

/** The unfinished message of a channel as an earlier visit left it. */
export async function openDraft(state: ChatState, key: string): Promise<Draft> {
  const held = secretsOf(state);
  const name = nameOf(state, key);
  if (!isSecret(state, key) || held.has(key) || !localStorage.getItem(name)) {
    return readDraft(state, key);
  }
  const draft = unpackDraft(await (await privacyOf(state)).readDraft(name));
  if (!held.has(key)) held.set(key, draft);
  return draft;
}

/** The unfinished message of a channel; it survives a reload. */
export function readDraft(state: ChatState, key: string): Draft {
  if (isSecret(state, key)) return secretsOf(state).get(key) ?? unpackDraft(null);
  try {
    return unpackDraft(localStorage.getItem(nameOf(state, key)));
  } catch {
    return unpackDraft(null);
  }
}

/** Changes the parts given. A full or blocked store loses only the survival. */
export function writeDraft(state: ChatState, key: string, part: Partial<Draft>): void {
  try {
    const draft = { ...readDraft(state, key), ...part };
    const packed = packDraft(draft);
    if (isSecret(state, key)) {
      secretsOf(state).set(key, draft);
      void privacyOf(state).then((privacy) => privacy.keepDraft(nameOf(state, key), packed));
    } else if (packed === null) localStorage.removeItem(nameOf(state, key));
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
