import { useState } from "preact/hooks";
import { deleteSelected } from "../../../lib/browser/delete_messages.ts";
import { t } from "../../../lib/i18n/t.ts";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";
import { ActRow } from "./ActRow.tsx";
import { useSubmit } from "./use_submit.ts";

/** Asks once more before several messages go for everyone. */
export default function DeleteSelected() {
  const state = useChat();
  const [reason, setReason] = useState("");
  const { busy, run } = useSubmit();
  const chosen = state.selection.value?.chosen ?? [];
  const onlyOwn = chosen.every((message) => message.author.id === state.self.value.user.id);
  const remove = () =>
    run(async () => {
      await deleteSelected(state, reason.trim());
      state.overlay.value = null;
    });
  return (
    <Dialog title={t("select.deleteTitle", { n: chosen.length })}>
      <p class="muted">{t("select.deleteText", { n: chosen.length })}</p>
      {!onlyOwn && (
        <label class="field">
          <span class="label">{t("moderate.reason")}</span>
          <input
            class="input"
            value={reason}
            maxLength={512}
            onInput={(event) => setReason(event.currentTarget.value)}
          />
        </label>
      )}
      <ActRow
        label={t("delete")}
        disabled={busy || chosen.length === 0}
        autofocus
        onAct={remove}
      />
    </Dialog>
  );
}
