import { signal } from "@preact/signals";

/** Up to when somebody has looked at what was found out about a room, in this browser. */
const LOOKED = "og-health-looked";

/** Rises with each mark: who shows the notice draws it anew. */
export const healthLooks = signal(0);

/** When the latest problem was found out that was looked at, ms; 0 where none was. */
export function lookedAt(userId: string, roomId: string): number {
  try {
    return Number(localStorage.getItem(`${LOOKED} ${userId} ${roomId}`) ?? "0");
  } catch {
    return 0;
  }
}

/** The problems up to this one need no notice any more. */
export function markLooked(userId: string, roomId: string, atMs: number): void {
  try {
    localStorage.setItem(`${LOOKED} ${userId} ${roomId}`, String(atMs));
  } catch {
    // A browser that keeps nothing says it again with the next page.
  }
  healthLooks.value++;
}
