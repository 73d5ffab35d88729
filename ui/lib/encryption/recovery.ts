/** A way to the backup's key, as the server names it. */
export type SlotKind = "recovery_key" | "passphrase" | "passkey";

/** Ways that anybody can use on any new device. A passkey may be bound to a device: an extra. */
const WAYS: readonly SlotKind[] = ["recovery_key", "passphrase"];

/** How far recovery is: it is called recoverable only with two ways. */
export function recoveryOf(slots: readonly SlotKind[]): "none" | "half" | "full" {
  const ways = WAYS.filter((kind) => slots.includes(kind)).length;
  return ways === 0 ? "none" : ways < WAYS.length ? "half" : "full";
}

/** The groups of a recovery key as it is shown. */
export function groupsOf(key: string): string[] {
  return key.trim().split(/[\s-]+/);
}

/**
 * Which two groups are asked for, counted from 1, rising: never the first or the last, which
 * the eye keeps. `random` gives bytes.
 */
export function askedGroups(count: number, random: Uint8Array): readonly [number, number] {
  const inner = count - 2;
  const [one = 0, two = 0] = random;
  const first = one % inner;
  const second = (first + 1 + two % (inner - 1)) % inner;
  return [Math.min(first, second) + 2, Math.max(first, second) + 2];
}

/** Whether what was typed is that group. Base58 knows large and small letters. */
export function isGroup(key: string, n: number, typed: string): boolean {
  return groupsOf(key)[n - 1] === typed.replaceAll(/[\s-]/g, "");
}

export const PASSPHRASE = { min: 12, max: 512, distinct: 6 } as const;

/** What is wrong with a passphrase; undefined where it may be used. It never leaves this device. */
export function passphraseFault(
  phrase: string,
  again: string,
): "short" | "isPassword" | "unequal" | undefined {
  if ([...phrase].length < PASSPHRASE.min) return "short";
  if (/^[\d\s]*$/.test(phrase) || new Set(phrase.toLowerCase()).size < PASSPHRASE.distinct) {
    return "isPassword";
  }
  return phrase === again ? undefined : "unequal";
}
