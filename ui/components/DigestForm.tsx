import type { CallResult } from "../lib/api/types.ts";
import { formatFull, formatTime, weekdayName } from "../lib/format/time.ts";
import { t } from "../lib/i18n/t.ts";
import { ActForm, Select } from "./FormParts.tsx";

const DAYS = [1, 2, 3, 4, 5, 6, 7] as const;
const HOUR_MS = 3_600_000;
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
/** For who has chosen none: mornings, at the end of the working week. */
const FIRST = { every: "", weekday: 5, hour: 8 } as const;

/** Whether and when a mail says what waits. */
export function DigestForm(
  { digest, timeZone }: { digest: CallResult<"getDigest">; timeZone: string },
) {
  const { choice, next_ts: next, address } = digest;
  const { every, weekday, hour } = choice ?? FIRST;
  const zone = choice?.zone ?? timeZone;
  return (
    <section class="card stack" aria-labelledby="digest">
      <h2 id="digest">{t("digest.title")}</h2>
      <p>{t("digest.text")}</p>
      {address === null && (
        <p>
          {t("digest.noAddress")} <a href="/settings/email">{t("digest.address")}</a>
        </p>
      )}
      {address !== null && (
        <ActForm act="digest">
          <input type="hidden" name="digest_zone" value={zone} />
          <Select
            name="digest_every"
            label={t("digest.every")}
            value={every}
            options={[["", t("digest.never")], ["day", t("digest.day")], [
              "week",
              t("digest.week"),
            ]]}
          />
          <Select
            name="digest_weekday"
            label={t("digest.weekday")}
            value={String(weekday)}
            options={DAYS.map((day) => [String(day), weekdayName(day)] as const)}
          />
          <Select
            name="digest_hour"
            label={t("digest.hour")}
            value={String(hour)}
            options={HOURS.map((each) =>
              [String(each), formatTime(each * HOUR_MS, "UTC")] as const
            )}
            hint={t("digest.hourHint", { zone })}
          />
          {next !== null && (
            <p class="small muted break">
              {t("digest.next", { address, when: formatFull(next, zone) })}
            </p>
          )}
          <div>
            <button class="button" type="submit">{t("save")}</button>
          </div>
        </ActForm>
      )}
    </section>
  );
}
