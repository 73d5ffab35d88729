import { formatTime } from "../lib/format/time.ts";
import { t } from "../lib/i18n/t.ts";
import { Avatar } from "./Avatar.tsx";

const MINUTE_MS = 60_000;

/** A few messages as they look now; with scripts they follow each choice at once. */
export function LookSample({ nowMs, timeZone }: { nowMs: number; timeZone: string }) {
  const at = (ms: number) => formatTime(ms, timeZone);
  return (
    <section class="look-preview" aria-label={t("appearance.preview")}>
      <p class="group-name" aria-hidden="true">{t("appearance.preview")}</p>
      <Sample
        id="@mira"
        name="Mira"
        time={at(nowMs - 3 * MINUTE_MS)}
        text={t("appearance.sample1")}
      />
      <Sample id="@jonas" name="Jonas" time={at(nowMs)} text={t("appearance.sample2")} mention />
    </section>
  );
}

function Sample(
  props: { id: string; name: string; time: string; text: string; mention?: boolean },
) {
  return (
    <div class={props.mention ? "msg mention" : "msg"}>
      <span class="msg-avatar">
        <Avatar id={props.id} name={props.name} uri={null} />
      </span>
      <div class="msg-body">
        <div class="msg-head">
          <span class="msg-name">{props.name}</span>
          <span class="msg-time">{props.time}</span>
        </div>
        <p>{props.text}</p>
      </div>
    </div>
  );
}
