import type { Quiet } from "../../core/api/quiet.ts";
import { quietEnd } from "../../core/rules/quiet.ts";
import { formatSoon, weekdayName } from "../lib/format/time.ts";
import { t } from "../lib/i18n/t.ts";
import { ActForm, Check, Select } from "./FormParts.tsx";

const DAYS = [1, 2, 3, 4, 5, 6, 7] as const;

/** Whether nothing is told now, and being quiet for a while. */
export function QuietNow(
  { quiet, nowMs, timeZone }: { quiet: Quiet; nowMs: number; timeZone: string },
) {
  const end = quietEnd(quiet, nowMs);
  return (
    <section class="card stack" aria-labelledby="quiet-now">
      <h2 id="quiet-now">{t("quiet.title")}</h2>
      <p>{t("quiet.lead")}</p>
      <p class={end === null ? "muted" : "strong"}>
        {end === null
          ? t("quiet.none")
          : t("quiet.now", { when: formatSoon(end, nowMs, timeZone) })}
      </p>
      <ActForm act="quiet" class="row wrap">
        {end !== null && <Wish value="end" label={t("quiet.end")} />}
        {end === null && <Wish value="hour" label={t("quiet.for1h")} />}
        {end === null && <Wish value="tomorrow" label={t("quiet.tomorrow")} />}
      </ActForm>
    </section>
  );
}

function Wish({ value, label }: { value: string; label: string }) {
  return <button class="button" type="submit" name="wish" value={value}>{label}</button>;
}

/** Days and times of the quiet hours; who has chosen none begins with the browser's time zone. */
export function QuietFields({ quiet, timeZone }: { quiet: Quiet; timeZone: string }) {
  const { quiet_hours: hours } = quiet;
  const zone = !hours.on && hours.zone === "UTC" ? timeZone : hours.zone;
  return (
    <fieldset class="stack quiet-hours">
      <legend class="strong">{t("quiet.hours")}</legend>
      <Check name="quiet_on" label={t("quiet.on")} checked={hours.on} />
      <div class="quiet-when">
        <fieldset class="stack">
          <legend>{t("quiet.days")}</legend>
          <div class="row wrap">
            {DAYS.map((day) => (
              <Check
                key={day}
                name="quiet_day"
                value={String(day)}
                label={weekdayName(day)}
                checked={hours.days.includes(day)}
              />
            ))}
          </div>
        </fieldset>
        <div class="row-tight wrap top">
          <TimeField name="quiet_from" label={t("quiet.from")} value={hours.from} />
          <TimeField
            name="quiet_to"
            label={t("quiet.to")}
            value={hours.to}
            hint={t("quiet.toHint")}
          />
        </div>
        <Select
          name="quiet_zone"
          label={t("quiet.zone")}
          value={zone}
          options={zonesWith(zone).map((each) => [each, each] as const)}
          names
        />
      </div>
      <Check
        name="quiet_calls"
        label={t("quiet.calls")}
        hint={t("quiet.callsHint")}
        checked={quiet.quiet_calls}
      />
    </fieldset>
  );
}

function TimeField(
  { name, label, value, hint }: { name: string; label: string; value: string; hint?: string },
) {
  const id = `f-${name}`;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        class="input"
        id={id}
        name={name}
        type="time"
        value={value}
        aria-describedby={hint ? `${id}-hint` : undefined}
      />
      {hint && <p class="hint" id={`${id}-hint`}>{hint}</p>}
    </div>
  );
}

/** Those that this server knows; a browser may call its own by another name. */
function zonesWith(zone: string): string[] {
  return [...new Set([...Intl.supportedValuesOf("timeZone"), "UTC", zone])].sort();
}
