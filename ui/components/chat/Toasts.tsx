import { closeToast } from "../../lib/browser/toast.ts";
import { t } from "../../lib/i18n/t.ts";
import { Icon } from "../Icon.tsx";
import { useChat } from "./chat_context.ts";

export function Toasts() {
  const state = useChat();
  return (
    <div class="toasts" role="status">
      {state.toasts.value.map((toast) => (
        <div
          key={toast.id}
          class={toast.error ? "toast error" : "toast"}
          role={toast.error ? "alert" : undefined}
        >
          <span class="grow">{toast.text}</span>
          <button
            type="button"
            class="icon-button small"
            aria-label={t("close")}
            onClick={() => closeToast(state, toast.id)}
          >
            <Icon name="close" small />
          </button>
        </div>
      ))}
    </div>
  );
}
