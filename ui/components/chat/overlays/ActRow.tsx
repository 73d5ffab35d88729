import { t } from "../../../lib/i18n/t.ts";
import { useChat } from "../chat_context.ts";

/** The foot of a dialog that asks once more: back out, or do it. */
export function ActRow(props: {
  label: string;
  disabled: boolean;
  onAct: () => void;
  /** Whether it takes nothing away that cannot be had back. */
  harmless?: boolean;
  autofocus?: boolean;
}) {
  const state = useChat();
  return (
    <div class="row end wrap">
      <button type="button" class="button" onClick={() => state.overlay.value = null}>
        {t("cancel")}
      </button>
      <button
        type="button"
        class={`button ${props.harmless ? "primary" : "danger solid"}`}
        disabled={props.disabled}
        autofocus={props.autofocus ?? false}
        onClick={props.onAct}
      >
        {props.label}
      </button>
    </div>
  );
}
