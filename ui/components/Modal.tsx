import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../lib/i18n/t.ts";
import { Icon } from "./Icon.tsx";

/** A native modal dialog of any page: focus stays inside and goes back, Escape closes it. */
export function Modal(props: {
  title: string;
  /** Without the line of title and closing button. */
  plain?: boolean | undefined;
  wide?: boolean | undefined;
  /** As high as it may be, and all of a phone's screen. */
  tall?: boolean | undefined;
  /** Seen only after a moment: most often what it stands for is there before. */
  coming?: boolean;
  /** A press on the veil closes it too. */
  light?: boolean;
  onClose: () => void;
  children: ComponentChildren;
}) {
  const { onClose } = props;
  const ref = useRef<HTMLDialogElement>(null);
  // At once: the next key may be meant for it.
  useLayoutEffect(() => {
    const before = document.activeElement;
    const dialog = ref.current;
    dialog?.showModal();
    return () => {
      // While it stands open nothing behind it takes the focus. Closed, it would say so once more.
      dialog?.remove();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      class={[
        "dialog",
        props.wide && "wide",
        props.tall && "tall",
        props.plain && "plain-dialog",
        props.coming && "coming",
      ].filter(Boolean).join(" ")}
      aria-label={props.title}
      onClose={onClose}
      onClick={(event) => props.light && event.target === ref.current && onClose()}
    >
      <div class="dialog-body">
        {!props.plain && (
          <header class="dialog-head">
            <h2 class="grow">{props.title}</h2>
            <button type="button" class="icon-button" aria-label={t("close")} onClick={onClose}>
              <Icon name="close" />
            </button>
          </header>
        )}
        {props.children}
      </div>
    </dialog>
  );
}
