import { useState } from "preact/hooks";
import { ApiError } from "../../../lib/api/request.ts";
import { callApi } from "../../../lib/browser/browser_api.ts";
import { showToast } from "../../../lib/browser/toast.ts";
import { memberName, nameOf } from "../../../lib/format/names.ts";
import { dayKey } from "../../../lib/format/time.ts";
import { t } from "../../../lib/i18n/t.ts";
import { BAN_DATE, BAN_ENDS, banEndOf, PURGES } from "../../../lib/settings/ban_end.ts";
import type { Overlay } from "../../../lib/store/chat.ts";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";
import { ActRow } from "./ActRow.tsx";
import { useSubmit } from "./use_submit.ts";

const DAY_MS = 86_400_000;
const TIMEOUTS = [
  [60_000, "moderate.minute"],
  [600_000, "moderate.tenMinutes"],
  [3_600_000, "moderate.hour"],
  [86_400_000, "moderate.day"],
  [604_800_000, "moderate.week"],
] as const;

export default function Moderate(
  { overlay }: { overlay: Extract<Overlay, { kind: "moderate" }> },
) {
  const state = useChat();
  const { act, guildId, userId } = overlay;
  const [reason, setReason] = useState("");
  const { busy, error, run } = useSubmit();
  const member = state.memberOf(guildId, userId);
  const rests = (member?.timeout_until ?? 0) > state.now.value;
  const [choice, setChoice] = useState(act === "timeout" && !rests ? 600_000 : 0);
  const name = member ? memberName(member) : nameOf(state.userOf(userId));
  const [end, setEnd] = useState({ end: "", day: "" });
  const params = { guild_id: guildId, user_id: userId };
  const why = reason.trim() === "" ? {} : { reason: reason.trim() };
  const lifts = act === "timeout" && choice === 0;
  const perform = () =>
    run(async () => {
      if (act === "kick") await callApi("kickMember", { params, body: why });
      if (act === "ban") {
        const until = banEndOf(end, { nowMs: state.now.value, timeZone: state.timeZone.value });
        if (until === undefined) throw new ApiError(400, "invalid", t("banEnd.noDay"));
        await callApi("banMember", { params, body: { ...why, purge_s: choice, until_ts: until } });
      }
      if (act === "timeout") {
        await callApi("updateMember", {
          params,
          body: { ...why, timeout_until: lifts ? null : state.now.value + choice },
        });
      }
      state.overlay.value = null;
      showToast(state, t(lifts ? "moderate.liftDone" : `moderate.${act}Done`, { name }));
    });
  const options = act === "ban" ? PURGES : TIMEOUTS;
  return (
    <Dialog title={t(lifts ? "moderate.liftTitle" : `moderate.${act}Title`, { name })}>
      <p class="muted">{t(lifts ? "moderate.liftText" : `moderate.${act}Text`)}</p>
      {act === "ban" && <BanLength chosen={end} onChoose={setEnd} />}
      {act !== "kick" && (
        <label class="field">
          <span class="label">{t(act === "ban" ? "moderate.purge" : "moderate.howLong")}</span>
          <select
            class="select"
            value={String(choice)}
            onChange={(event) => setChoice(Number(event.currentTarget.value))}
          >
            {act === "timeout" && rests && <option value="0">{t("moderate.lift")}</option>}
            {options.map(([value, label]) => <option key={value} value={value}>{t(label)}</option>)}
          </select>
        </label>
      )}
      <label class="field">
        <span class="label">{t("moderate.reason")}</span>
        <input
          class="input"
          value={reason}
          maxLength={512}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
      </label>
      {error && <p class="field-error" role="alert">{error}</p>}
      <ActRow
        label={t(lifts ? "moderate.lift" : `member.${act}`)}
        disabled={busy}
        harmless={lifts}
        onAct={perform}
      />
    </Dialog>
  );
}

interface Length {
  readonly end: string;
  /** `2026-11-22`, where a day is wanted. */
  readonly day: string;
}

function BanLength(
  { chosen, onChoose }: { chosen: Length; onChoose: (chosen: Length) => void },
) {
  const state = useChat();
  return (
    <>
      <label class="field">
        <span class="label">{t("banEnd.label")}</span>
        <select
          class="select"
          value={chosen.end}
          onChange={(event) => onChoose({ ...chosen, end: event.currentTarget.value })}
        >
          {BAN_ENDS.map(([value, label]) => <option key={value} value={value}>{t(label)}</option>)}
        </select>
      </label>
      {chosen.end === BAN_DATE && (
        <label class="field">
          <span class="label">{t("banEnd.day")}</span>
          <input
            class="input"
            type="date"
            min={dayKey(state.now.value + DAY_MS, state.timeZone.value)}
            value={chosen.day}
            onInput={(event) => onChoose({ ...chosen, day: event.currentTarget.value })}
          />
        </label>
      )}
    </>
  );
}
