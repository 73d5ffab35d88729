import { SHARE_DAYS } from "../../../lib/e2ee/share_history.ts";
import { t } from "../../../lib/i18n/t.ts";

/** How much of the past somebody is given; 0 days: nothing. */
export function SpanChoice(
  { days, onDays, nothing = false }: {
    days: number;
    onDays: (days: number) => void;
    /** Nothing can be chosen, too. */
    nothing?: boolean;
  },
) {
  return (
    <label class="field">
      <span class="label">{t("pastShare.title")}</span>
      <select
        class="select"
        value={String(days)}
        onChange={(event) => onDays(Number(event.currentTarget.value))}
      >
        {nothing && <option value="0">{t("pastShare.nothing")}</option>}
        {SHARE_DAYS.map((n) => <option key={n} value={n}>{t("pastShare.days", { n })}</option>)}
      </select>
    </label>
  );
}
