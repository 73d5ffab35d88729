import { formatTime } from "../lib/format/time.ts";
import { t } from "../lib/i18n/t.ts";
import { Avatar } from "./Avatar.tsx";

const MINUTE_MS = 60_000;

/** A few messages as they look now; with scripts they follow each choice at once. */
export function LookSample({ nowMs }: { nowMs: number }) {
  return (
    <section class="look-preview" aria-label={t("appearance.preview")}>
      <p class="group-name" aria-hidden="true">{t("appearance.preview")}</p>
      <Sample id="@mira" name="Mira" ms={nowMs - 3 * MINUTE_MS} text={t("appearance.sample1")} />
      <Sample id="@jonas" name="Jonas" ms={nowMs} text={t("appearance.sample2")} mention />
    </section>
  );
}

function Sample(props: { id: string; name: string; ms: number; text: string; mention?: boolean }) {
  return (
    <div class={props.mention ? "msg mention" : "msg"}>
      <span class="msg-avatar">
        <Avatar id={props.id} name={props.name} uri={null} />
      </span>
      <div class="msg-body">
        <div class="msg-head">
          <span class="msg-name">{props.name}</span>
          <span class="msg-time">{formatTime(props.ms, "UTC")}</span>
        </div>
        <p>{props.text}</p>
      </div>
    </div>
  );
}
