const KEPT = 6;
const nameOf = (userId: string) => `og-searches:${userId}`;

/** What was searched for last in this browser, the latest first; encrypted places leave none. */
export function readSearches(userId: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(nameOf(userId)) ?? "[]");
    return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
  } catch {
    return [];
  }
}

export function noteSearch(userId: string, text: string): void {
  try {
    const next = [text, ...readSearches(userId).filter((each) => each !== text)].slice(0, KEPT);
    localStorage.setItem(nameOf(userId), JSON.stringify(next));
  } catch {
    // Full or blocked: nothing is remembered.
  }
}

export function forgetSearches(userId: string): void {
  try {
    localStorage.removeItem(nameOf(userId));
  } catch {
    // Where storage is blocked there are none.
  }
}
