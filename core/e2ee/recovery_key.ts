import { sha256 } from "@noble/hashes/sha2.js";
import { concat, equalBytes, framed } from "./bytes.ts";

/**
 * The recovery key as people write it down: 12 groups of 4 characters of base58, for 32 bytes and
 * a checksum of 24 bits. PROTOCOL.md 12.
 */
export const RECOVERY_KEY_GROUPS = 12;
const GROUP_CHARS = 4;
const CHARS = RECOVERY_KEY_GROUPS * GROUP_CHARS;
const KEY_BYTES = 32;
const CHECK_BYTES = 3;
const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/** Letters that base58 has in one case only: the other case can mean nothing else. */
const ONE_CASE: Readonly<Record<string, string>> = { O: "o", I: "i", l: "L" };
const SEPARATORS = /[\s\-–—.,_]+/u;
/** Far more than a key with any blanks: nobody means what is longer. */
const MAX_TYPED_CHARS = 400;

export type RecoveryKeyReason = "empty" | "length" | "character" | "checksum";

export type RecoveryKeyResult =
  | { readonly ok: true; readonly key: Uint8Array }
  | {
    readonly ok: false;
    readonly reason: RecoveryKeyReason;
    /** 1 to 12: the group to look at, where that can be told. */
    readonly group: number | undefined;
    readonly message: string;
  };

function checksum(key: Uint8Array): Uint8Array {
  return sha256(framed("openguild/recovery-key/1", key)).subarray(0, CHECK_BYTES);
}

/** `6xW1 ...`: 12 groups. Throws RangeError unless `key` has 32 bytes. */
export function formatRecoveryKey(key: Uint8Array): string {
  if (key.length !== KEY_BYTES) {
    throw new RangeError(`A recovery key has ${KEY_BYTES} bytes, not ${key.length}`);
  }
  let value = BigInt(`0x${concat(key, checksum(key)).toHex()}`);
  let digits = "";
  for (let at = 0; at < CHARS; at++) {
    digits = (ALPHABET[Number(value % 58n)] as string) + digits;
    value /= 58n;
  }
  return groupsOf(digits).join(" ");
}

function groupsOf(digits: string): string[] {
  return Array.from(
    { length: Math.ceil(digits.length / GROUP_CHARS) },
    (_, group) => digits.slice(group * GROUP_CHARS, (group + 1) * GROUP_CHARS),
  );
}

/** The key of 48 characters, or undefined where the checksum or the number is wrong. */
function decode(digits: readonly number[]): Uint8Array | undefined {
  let value = 0n;
  for (const digit of digits) value = value * 58n + BigInt(digit);
  const hex = value.toString(16);
  const bytes = KEY_BYTES + CHECK_BYTES;
  if (hex.length > bytes * 2) return undefined;
  const all = Uint8Array.fromHex(hex.padStart(bytes * 2, "0"));
  const key = all.slice(0, KEY_BYTES);
  return equalBytes(all.subarray(KEY_BYTES), checksum(key)) ? key : undefined;
}

function refused(reason: RecoveryKeyReason, message: string, group?: number): RecoveryKeyResult {
  return { ok: false, reason, group, message };
}

/**
 * Reads what a person typed. Blanks and dashes may stand anywhere; letters that exist in one case
 * only may be typed in the other. Where it is wrong, the group to look at is named if possible: a
 * single wrong character, or two neighbors swapped, is found by trying all of them.
 */
export function parseRecoveryKey(typed: string): RecoveryKeyResult {
  if (typed.length > MAX_TYPED_CHARS) {
    return refused("length", `A recovery key has ${CHARS} characters, this has ${typed.length}`);
  }
  const words = typed.split(SEPARATORS).filter((word) => word !== "");
  const chars = [...words.join("")].map((char) => ONE_CASE[char] ?? char);
  if (chars.length === 0) return refused("empty", "Nothing was typed");
  const digits = chars.map((char) => ALPHABET.indexOf(char));
  const unknown = digits.indexOf(-1);
  if (unknown >= 0) {
    const group = groupAt(unknown, words);
    const text = `"${chars[unknown]}" in group ${group} is not used in recovery keys`;
    return refused("character", text, group);
  }
  if (chars.length !== CHARS) return wrongLength(chars.length, words);
  const key = decode(digits);
  if (key !== undefined) return { ok: true, key };
  const slip = findSlip(digits);
  if (slip === undefined) {
    return refused("checksum", "More than one character is wrong: compare it group by group");
  }
  const group = Math.floor(slip / GROUP_CHARS) + 1;
  return refused("checksum", `A character in group ${group} is wrong`, group);
}

/** Where words stand as they are shown, their own count is what the person sees. */
function groupAt(char: number, words: readonly string[]): number {
  if (words.length <= 1) return Math.floor(char / GROUP_CHARS) + 1;
  let seen = 0;
  return words.findIndex((word) => (seen += [...word].length) > char) + 1;
}

function wrongLength(length: number, words: readonly string[]): RecoveryKeyResult {
  const counts = words.map((word) => [...word].length);
  const odd = words.length > 1 ? counts.findIndex((count) => count !== GROUP_CHARS) : -1;
  if (odd >= 0) {
    const text = `Group ${odd + 1} has ${counts[odd]} characters instead of ${GROUP_CHARS}`;
    return refused("length", text, odd + 1);
  }
  return refused("length", `A recovery key has ${CHARS} characters, this has ${length}`);
}

/** The place of the one wrong character or swapped pair that explains the checksum. */
function findSlip(digits: readonly number[]): number | undefined {
  const found = new Set<number>();
  for (let at = 0; at < digits.length; at++) {
    const tried = [...digits];
    for (let digit = 0; digit < ALPHABET.length; digit++) {
      tried[at] = digit;
      if (digit !== digits[at] && decode(tried) !== undefined) found.add(at);
    }
    const next = digits[at + 1];
    if (next === undefined || next === digits[at]) continue;
    tried[at] = next;
    tried[at + 1] = digits[at] as number;
    if (decode(tried) !== undefined) found.add(at);
  }
  return found.size === 1 ? [...found][0] : undefined;
}
