import { language } from "../i18n/t.ts";

const STEPS = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
] as const;

/** 5400 -> "1 hour 30 minutes": the two largest units, in the words of the language. */
export function formatDuration(seconds: number): string {
  const parts: string[] = [];
  let rest = Math.max(0, Math.round(seconds));
  for (const [unit, size] of STEPS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count === 0 && !(unit === "second" && parts.length === 0)) continue;
    parts.push(
      new Intl.NumberFormat(language().intl, { style: "unit", unit, unitDisplay: "long" })
        .format(count),
    );
    if (parts.length === 2) break;
  }
  return parts.join(" ");
}
