import { dayKey } from "../lib/format/time.ts";
import { t } from "../lib/i18n/t.ts";
import { BAN_DATE, BAN_ENDS, PURGES } from "../lib/settings/ban_end.ts";
import { Select } from "./FormParts.tsx";

const DAY_MS = 86_400_000;

/** How long a ban lasts; the day is asked for where one is wanted. `until` is that of now. */
export function BanEnd(
  { until = null, nowMs, timeZone }: { until?: number | null; nowMs: number; timeZone: string },
) {
  return (
    <div class="ban-end with-day">
      <Select
        name="end"
        label={t("banEnd.label")}
        value={until === null ? "" : BAN_DATE}
        options={BAN_ENDS.map(([value, label]) => [value, t(label)] as const)}
      />
      <div class="field only-day">
        <label for="f-end_day">{t("banEnd.day")}</label>
        <input
          class="input"
          type="date"
          id="f-end_day"
          name="end_day"
          min={dayKey(nowMs + DAY_MS, timeZone)}
          value={until === null ? "" : dayKey(until, timeZone)}
        />
      </div>
    </div>
  );
}

/** How much of what somebody said goes with their ban. */
export function PurgeChoice() {
  return (
    <Select
      name="purge"
      label={t("moderate.purge")}
      value="0"
      options={PURGES.map(([seconds, label]) => [String(seconds), t(label)] as const)}
    />
  );
}
