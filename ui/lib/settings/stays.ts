import { t } from "../i18n/t.ts";

/** How long a membership for a time lasts: seconds, and the name. */
const STAYS = [
  [3600, "invite.hour"],
  [86_400, "invite.day"],
  [604_800, "invite.week"],
  [2_592_000, "invite.month"],
] as const;

/** A length as people say it; a link of another server may have any. */
export function stayText(seconds: number): string {
  const known = STAYS.find(([each]) => each === seconds);
  if (known) return t(known[1]);
  return seconds < 86_400
    ? t("stay.hours", { n: Math.max(1, Math.round(seconds / 3600)) })
    : t("stay.days", { n: Math.round(seconds / 86_400) });
}

/** Choices of a form; `first` is what "" says. */
export function stayChoices(first: string): (readonly [string, string])[] {
  return [
    ["", first],
    ...STAYS.map(([seconds]) =>
      [String(seconds), t("stay.for", { time: stayText(seconds) })] as const
    ),
  ];
}
