import { useEffect, useRef, useState } from "preact/hooks";
import { changedForm } from "../lib/settings/guard.ts";
import { whenStarted } from "../lib/browser/hydrate_later.ts";
import { fillAgain, keepTyped } from "../lib/settings/typed_again.ts";
import { t } from "../lib/i18n/t.ts";

/**
 * The bar over unsaved changes of forms marked `data-guard`, the question before they are lost,
 * and Escape, which leaves the settings.
 */
export default function SettingsGuard({ back, refused }: {
  back: string;
  /** The page says why the form that was sent was not taken. */
  refused: boolean;
}) {
  const [form, setForm] = useState<HTMLFormElement | undefined>(undefined);
  const dialog = useRef<HTMLDialogElement>(null);
  /** What happens when the visitor leaves all the same. */
  const leave = useRef<() => void>(() => {});
  const leaving = useRef(false);
  const look = () => setForm(changedForm());
  const ask = (go: () => void) => {
    leave.current = go;
    dialog.current?.showModal();
  };
  useEffect(() => watchPage({ back, look, ask, leaving }), [back]);
  // After all islands have drawn: a form that is one itself would take its values back.
  useEffect(() => whenStarted(() => fillAgain(refused)), []);
  const undo = () => {
    // One that came back as it was sent knows nothing of what is saved: the page does.
    if (form?.dataset["changed"] !== "true") return form?.reset();
    leaving.current = true;
    location.assign(location.pathname);
  };
  const goOn = () => {
    leaving.current = true;
    dialog.current?.close();
    leave.current();
  };
  return (
    <>
      <div class="unsaved" hidden={!form} role="region" aria-label={t("unsaved.title")}>
        <p class="unsaved-text strong" role="status">{form && t("unsaved.title")}</p>
        <div class="row-tight">
          <button type="button" class="button quiet small" onClick={undo}>
            {t("unsaved.reset")}
          </button>
          <button type="button" class="button primary small" onClick={() => form?.requestSubmit()}>
            {t("save")}
          </button>
        </div>
      </div>
      <dialog ref={dialog} class="dialog" aria-labelledby="unsaved-ask">
        <div class="dialog-body">
          <h2 id="unsaved-ask">{t("unsaved.ask")}</h2>
          <p>{t("unsaved.askText")}</p>
          <div class="row end wrap">
            <button type="button" class="button danger" onClick={goOn}>{t("unsaved.leave")}</button>
            <button
              type="button"
              class="button primary"
              autofocus
              onClick={() => dialog.current?.close()}
            >
              {t("unsaved.stay")}
            </button>
          </div>
        </div>
      </dialog>
    </>
  );
}

interface Watch {
  readonly back: string;
  readonly look: () => void;
  readonly ask: (go: () => void) => void;
  /** True once the visitor has said what becomes of the changes. */
  readonly leaving: { current: boolean };
}

/** Looks after the whole page; the answer ends it. */
function watchPage({ back, look, ask, leaving }: Watch): () => void {
  const held = () => leaving.current ? undefined : changedForm();
  const controller = new AbortController();
  const { signal } = controller;
  document.addEventListener("input", look, { signal });
  document.addEventListener("change", look, { signal });
  document.addEventListener("og-changed", look, { signal });
  // A form takes its values back only after the event.
  document.addEventListener("reset", () => queueMicrotask(look), { signal });
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (!link?.href || !plain || link.target === "_blank" || !held()) return;
    const there = new URL(link.href);
    if (there.pathname + there.search === location.pathname + location.search) return;
    event.preventDefault();
    ask(() => location.assign(link.href));
  }, { signal });
  document.addEventListener("submit", (event) => {
    const changed = held();
    const { target: form, submitter } = event;
    if (!changed || form === changed || !(form instanceof HTMLFormElement)) {
      leaving.current = !event.defaultPrevented;
      if (leaving.current && form instanceof HTMLFormElement) keepTyped(form);
      return;
    }
    event.preventDefault();
    ask(() => form.requestSubmit(submitter));
  }, { signal });
  addEventListener("beforeunload", (event) => {
    if (held()) event.preventDefault();
  }, { signal });
  // Back in the browser's memory, the page is as it was left.
  addEventListener("pageshow", () => {
    leaving.current = false;
    look();
  }, { signal });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) return;
    if (document.querySelector("dialog[open], :popover-open")) return;
    const { activeElement: active } = document;
    if (
      active instanceof HTMLElement &&
      active.matches("input:not([type=radio],[type=checkbox]), textarea, select")
    ) {
      active.blur();
    } else if (held()) {
      // The same press would close the question at once.
      event.preventDefault();
      ask(() => location.assign(back));
    } else location.assign(back);
  }, { signal });
  look();
  return () => controller.abort();
}
