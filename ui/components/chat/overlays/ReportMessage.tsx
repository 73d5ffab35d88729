import { useState } from "preact/hooks";
import type { ReportReason } from "../../../../core/api/reports.ts";
import type { Message } from "../../../../core/api/message.ts";
import { limits } from "../../../../core/limits.ts";
import { callApi } from "../../../lib/browser/browser_api.ts";
import { showToast } from "../../../lib/browser/toast.ts";
import { authorOf } from "../../../lib/format/author.ts";
import { t } from "../../../lib/i18n/t.ts";
import type { ChatState, Overlay } from "../../../lib/store/chat.ts";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";
import { ActRow } from "./ActRow.tsx";
import { useSubmit } from "./use_submit.ts";

const REASONS = ["harassment", "threat", "spam", "illegal", "other"] as const satisfies readonly (
  ReportReason
)[];

/** What opens a sealed message and its earlier wordings, out of this device's archive. */
async function keysOf(state: ChatState, message: Message) {
  if (message.sealed === undefined) return [];
  const { history } = await callApi("getMessage", {
    params: { room_id: message.room_id, event_id: message.id },
  });
  const eventIds = history.slice(-limits.reports.maxWordings).map(({ event_id }) => event_id);
  const { openEngine } = await import("../../../lib/e2ee/client.ts");
  try {
    const engine = await openEngine(state.self.value.user.id);
    return [...await engine.ask("disclose", message.room_id, eventIds)];
  } catch (error) {
    throw new Error(t("report.noEngine"), { cause: error });
  }
}

/** Tells those who run the server of a message; of a sealed one with what opens it. */
export default function ReportMessage(
  { overlay }: { overlay: Extract<Overlay, { kind: "report" }> },
) {
  const state = useChat();
  const { message } = overlay;
  const [reason, setReason] = useState<ReportReason>("harassment");
  const [note, setNote] = useState("");
  const { busy, error, run } = useSubmit();
  const name = authorOf(message);
  const server = state.server.name;
  const isUnread = message.sealed !== undefined && message.body === "" &&
    message.media.length === 0;
  const send = () =>
    run(async () => {
      await callApi("reportMessage", {
        params: { room_id: message.room_id, event_id: message.id },
        body: { reason, note: note.trim(), keys: await keysOf(state, message) },
      });
      state.overlay.value = null;
      showToast(state, t("report.sent", { server }));
    });
  return (
    <Dialog title={t("report.title")}>
      <fieldset class="stack-tight">
        <legend class="label">{t("report.why")}</legend>
        {REASONS.map((each) => (
          <label key={each} class="check">
            <input
              type="radio"
              name="report-reason"
              value={each}
              checked={each === reason}
              autofocus={each === reason}
              onChange={() => setReason(each)}
            />
            <span>{t(`report.reason.${each}`)}</span>
          </label>
        ))}
      </fieldset>
      <label class="field">
        <span class="label">{t("report.note")}</span>
        <textarea
          class="area"
          rows={2}
          maxLength={limits.reports.maxNoteChars}
          value={note}
          onInput={(event) => setNote(event.currentTarget.value)}
        />
      </label>
      <p class="small muted">{t("report.toWhom", { server, name })}</p>
      {message.sealed && (
        <p class="small muted">{t(isUnread ? "report.sealedUnread" : "report.sealed", { name })}</p>
      )}
      {error && <p class="field-error" role="alert">{error}</p>}
      <ActRow label={t("report.send")} disabled={busy} harmless onAct={send} />
    </Dialog>
  );
}
