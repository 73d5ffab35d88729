import { type KeyChoices, NO_CHOICES, parseChoices } from "../keys/bindings.ts";

/**
 * Kept in the browser and not with the account: which key is free depends on keyboard, system
 * and browser, so the same person wants other keys at another machine.
 */
const STORE_KEY = "og-keys";

export function readKeys(): KeyChoices {
  try {
    return parseChoices(localStorage.getItem(STORE_KEY));
  } catch {
    return NO_CHOICES;
  }
}

/** False where the browser keeps nothing: the choice ends with the page. */
export function writeKeys(choices: KeyChoices): boolean {
  try {
    localStorage.setItem(STORE_KEY, JSON.stringify(choices));
    return true;
  } catch {
    return false;
  }
}

/** Calls back when another tab has changed the keys. Returns what ends it. */
export function watchKeys(changed: (choices: KeyChoices) => void): () => void {
  const look = (event: StorageEvent) => {
    if (event.key === STORE_KEY || event.key === null) changed(readKeys());
  };
  addEventListener("storage", look);
  return () => removeEventListener("storage", look);
}
