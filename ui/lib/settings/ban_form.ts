import { ApiError } from "../api/request.ts";
import { text } from "../forms.ts";
import { t } from "../i18n/t.ts";
import { banEndOf } from "./ban_end.ts";

/** `{ purge_s }` of a form where something is to go. */
export function purgeIn(form: FormData): { purge_s?: number } {
  const seconds = Number(text(form, "purge"));
  return seconds > 0 ? { purge_s: seconds } : {};
}

/** `{ until_ts }` of a form with `BanEnd` in it. */
export function banEndIn(
  form: FormData,
  at: { readonly nowMs: number; readonly timeZone: string },
): { until_ts: number | null } {
  const chosen = { end: text(form, "end"), day: text(form, "end_day") };
  const until = banEndOf(chosen, at);
  if (until === undefined) throw new ApiError(400, "invalid", t("banEnd.noDay"));
  return { until_ts: until };
}
