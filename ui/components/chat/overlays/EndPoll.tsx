import { endPoll } from "../../../lib/browser/polls.ts";
import { t } from "../../../lib/i18n/t.ts";
import type { Overlay } from "../../../lib/store/chat.ts";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";
import { ActRow } from "./ActRow.tsx";
import { useSubmit } from "./use_submit.ts";

/** Asks once more before a poll is ended for good. */
export default function EndPoll(
  { overlay: { message } }: { overlay: Extract<Overlay, { kind: "endPoll" }> },
) {
  const state = useChat();
  const { busy, error, run } = useSubmit();
  const end = () =>
    run(async () => {
      await endPoll(state, message);
      state.overlay.value = null;
    });
  return (
    <Dialog title={t("poll.endTitle")}>
      <p class="strong">{message.body}</p>
      <p class="muted">{t("poll.endText")}</p>
      {error && <p class="field-error" role="alert">{error}</p>}
      <ActRow label={t("poll.end")} disabled={busy} autofocus onAct={end} />
    </Dialog>
  );
}
