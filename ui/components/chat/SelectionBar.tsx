import { endSelection } from "../../lib/browser/select_messages.ts";
import { t } from "../../lib/i18n/t.ts";
import { Icon } from "../Icon.tsx";
import { useChat } from "./chat_context.ts";

/** Stands where the composer is while messages are chosen. */
export default function SelectionBar() {
  const state = useChat();
  const n = state.selection.value?.chosen.length ?? 0;
  return (
    <div class="selection-bar" role="toolbar" aria-label={t("select.label")}>
      <p class="grow" role="status">{n === 0 ? t("select.none") : t("select.count", { n })}</p>
      <button type="button" class="button" onClick={() => endSelection(state)}>
        {t("cancel")}
      </button>
      <button
        type="button"
        class="button danger solid"
        disabled={n === 0}
        onClick={() => state.overlay.value = { kind: "deleteSelected" }}
      >
        <Icon name="trash" small />
        {t("delete")}
      </button>
    </div>
  );
}
