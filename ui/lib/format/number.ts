import { language } from "../i18n/t.ts";

/** 12345 -> "12,345", as the language writes it. */
export function formatNumber(value: number): string {
  return value.toLocaleString(language().intl, { maximumFractionDigits: value < 10 ? 1 : 0 });
}
