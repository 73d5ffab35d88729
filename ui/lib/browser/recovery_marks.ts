/** What this browser remembers of the questions about recovery, by account. */
const UNCONFIRMED = "og-recovery-unconfirmed";
const LATER = "og-recovery-later";

/** Who put the question about recovery away is asked again after so long. */
const AGAIN_MS = 7 * 24 * 3_600_000;

function read(mark: string, userId: string): string | null {
  try {
    return localStorage.getItem(`${mark} ${userId}`);
  } catch {
    return null;
  }
}

function write(mark: string, userId: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`${mark} ${userId}`);
    else localStorage.setItem(`${mark} ${userId}`, value);
  } catch {
    // A browser that keeps nothing asks again with the next page.
  }
}

/**
 * Whether a recovery key was made in this browser without its owner having shown that it was
 * kept: a way that may lead nowhere.
 */
export function isUnconfirmed(userId: string): boolean {
  return read(UNCONFIRMED, userId) !== null;
}

export function setUnconfirmed(userId: string, on: boolean): void {
  write(UNCONFIRMED, userId, on ? "1" : null);
}

/** Whether the question about recovery was put away lately. */
export function isPutOff(userId: string): boolean {
  return Date.now() - Number(read(LATER, userId) ?? "0") < AGAIN_MS;
}

export function putOff(userId: string): void {
  write(LATER, userId, String(Date.now()));
}
