import { type Rule, RULES } from "../auth/verdict.ts";
import type { DropReason } from "./parse_pdu.ts";

/** What keeps an event out, or makes it wait, beside the rules and its shape. */
const AROUND = [
  "signature",
  "key",
  "no_room",
  "being_checked",
  "cites",
  "cited",
  "resolving",
  "unnamed",
  "crowded",
  "quota",
  "given_up",
  "unstorable",
  "fault",
] as const;

const SHAPES = [
  "json",
  "envelope",
  "too_large",
  "signatures",
  "wrong_room",
] as const satisfies readonly DropReason[];

/** Why the receipt of an event did not end in acceptance: stable, for pages in every language. */
export const RECEIPT_CODES = [...SHAPES, ...AROUND, ...RULES] as const;
export type ReceiptCode = Rule | DropReason | typeof AROUND[number];

const known: ReadonlySet<string> = new Set(RECEIPT_CODES);

/** A reason as it is stored and answered: the code, and a sentence in English with its values. */
export function reasonOf(code: ReceiptCode, sentence: string): string {
  return `${code}: ${sentence}`;
}

export interface ReadReason {
  /** Absent where it was written before all reasons had one. */
  readonly code?: ReceiptCode;
  readonly sentence: string;
}

/** A stored reason as code and sentence; without a code where none is known. */
export function readReason(reason: string): ReadReason {
  const end = reason.indexOf(": ");
  const code = reason.slice(0, Math.max(end, 0));
  return known.has(code)
    ? { code: code as ReceiptCode, sentence: reason.slice(end + 2) }
    : { sentence: reason };
}
