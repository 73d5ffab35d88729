import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../../lib/i18n/t.ts";
import { Icon } from "../Icon.tsx";

/** A native modal dialog of any page: focus stays inside and goes back, Escape closes it. */
export function Modal(props: {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    ref.current?.showModal();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog ref={ref} class="dialog" aria-label={props.title} onClose={props.onClose}>
      <div class="dialog-body">
        <header class="dialog-head">
          <h2 class="grow">{props.title}</h2>
          <button
            type="button"
            class="icon-button"
            aria-label={t("close")}
            onClick={() => ref.current?.close()}
          >
            <Icon name="close" />
          </button>
        </header>
        {props.children}
      </div>
    </dialog>
  );
}
