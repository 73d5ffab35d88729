import { textsOf } from "../../ui/lib/i18n/catalogues.ts";
import { ENGLISH } from "../../ui/lib/i18n/languages.ts";
import type { Values } from "../../ui/lib/i18n/message.ts";
import type { AnyKey } from "../../ui/lib/i18n/t.ts";

type Below<Prefix extends string> = AnyKey extends infer Key
  ? Key extends `${Prefix}${infer Code}` ? Code : never
  : never;
/** What a check saw: a text `doctor.say.` of the catalogues. */
export type Seen = Below<"doctor.say.">;
/** What to do about it: a text `doctor.do.`. */
export type Advice = Below<"doctor.do.">;

/**
 * What one check saw. `message` and `advice` are in English; `code`, `advice_code` and `values`
 * say the same for other languages. A good finding needs no advice.
 */
export interface Finding {
  readonly check: string;
  readonly status: "ok" | "warning" | "problem";
  readonly code: Seen;
  readonly advice_code?: Advice;
  readonly values: Values;
  readonly message: string;
  readonly advice?: string;
}

export function ok(check: string, code: Seen, values: Values = {}): Finding {
  return { check, status: "ok", code, values, message: english(`doctor.say.${code}`, values) };
}

export function warning(
  check: string,
  [code, advice]: readonly [Seen, Advice],
  values: Values = {},
): Finding {
  return { ...ok(check, code, values), status: "warning", ...advised(advice, values) };
}

export function problem(
  check: string,
  [code, advice]: readonly [Seen, Advice],
  values: Values = {},
): Finding {
  return { ...ok(check, code, values), status: "problem", ...advised(advice, values) };
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function advised(code: Advice, values: Values) {
  return { advice_code: code, advice: english(`doctor.do.${code}`, values) };
}

function english(key: AnyKey, values: Values): string {
  return textsOf(ENGLISH).format(key, values) ?? key;
}
