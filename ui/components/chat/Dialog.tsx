import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../../lib/i18n/t.ts";
import { Icon } from "../Icon.tsx";
import { useChat } from "./chat_context.ts";

/** A native modal dialog: focus stays inside, Escape and a press on the veil close it. */
export function Dialog(props: {
  title: string;
  plain?: boolean;
  wide?: boolean;
  children: ComponentChildren;
}) {
  const state = useChat();
  const ref = useRef<HTMLDialogElement>(null);
  const close = () => state.overlay.value = null;
  useEffect(() => {
    const before = document.activeElement;
    ref.current?.showModal();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      class={`dialog${props.wide ? " wide" : ""}${props.plain ? " plain-dialog" : ""}`}
      aria-label={props.title}
      onClose={close}
      onClick={(event) => event.target === ref.current && close()}
    >
      <div class="dialog-body">
        {!props.plain && (
          <header class="dialog-head">
            <h2 class="grow">{props.title}</h2>
            <button type="button" class="icon-button" aria-label={t("close")} onClick={close}>
              <Icon name="close" />
            </button>
          </header>
        )}
        {props.children}
      </div>
    </dialog>
  );
}
