import { useState } from "preact/hooks";
import { jumpToTime } from "../../../lib/browser/jump_to_time.ts";
import { startOfDay } from "../../../lib/format/start_of_day.ts";
import { dayKey } from "../../../lib/format/time.ts";
import { t } from "../../../lib/i18n/t.ts";
import type { Overlay } from "../../../lib/store/chat.ts";
import { isTalk } from "../../../lib/store/place.ts";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";
import { useSubmit } from "./use_submit.ts";

/** Goes to the first message of a day. */
export default function JumpToDate(
  { overlay }: { overlay: Extract<Overlay, { kind: "jumpToDate" }> },
) {
  const state = useChat();
  const place = state.place.value;
  const zone = state.timeZone.value;
  const today = dayKey(state.now.value, zone);
  const [day, setDay] = useState(overlay.day ?? today);
  const { busy, run } = useSubmit();
  const start = startOfDay(day, zone);
  const go = (event: Event) => {
    event.preventDefault();
    if (!isTalk(place) || start === undefined) return;
    void run(async () => {
      await jumpToTime(state, place, start);
      state.overlay.value = null;
    });
  };
  return (
    <Dialog title={t("date.title")}>
      <form onSubmit={go} class="stack">
        <label class="field">
          <span class="label">{t("date.day")}</span>
          <input
            class="input"
            type="date"
            required
            autofocus
            max={today}
            value={day}
            onInput={(event) => setDay(event.currentTarget.value)}
          />
        </label>
        <div class="row end">
          <button type="button" class="button" onClick={() => state.overlay.value = null}>
            {t("cancel")}
          </button>
          <button type="submit" class="button primary" disabled={busy || start === undefined}>
            {t("date.go")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
