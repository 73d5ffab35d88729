import { text } from "../forms.ts";

/** How much of what somebody said goes with their ban: seconds back, and its name. */
export const PURGES = [
  [0, "moderate.keep"],
  [3600, "moderate.lastHour"],
  [86_400, "moderate.lastDay"],
  [604_800, "moderate.lastWeek"],
] as const;

/** `{ purge_s }` of a form where something is to go. */
export function purgeIn(form: FormData): { purge_s?: number } {
  const seconds = Number(text(form, "purge"));
  return seconds > 0 ? { purge_s: seconds } : {};
}
