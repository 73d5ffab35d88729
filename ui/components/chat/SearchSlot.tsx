import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { useLazy } from "../../lib/browser/use_lazy.ts";
import { t } from "../../lib/i18n/t.ts";
import { closeSearchPanel } from "../../lib/search/open_panel.ts";
import { Icon } from "../Icon.tsx";
import { useChat } from "./chat_context.ts";

/** The search beside the timeline; its script comes when it is first opened. */
export function SearchSlot() {
  const wanted = useChat().finding.value !== null;
  const Panel = useLazy(wanted, () => import("./search/SearchPanel.tsx"));
  const typed = useRef("");
  useEffect(() => {
    if (!wanted || Panel) typed.current = "";
  }, [wanted, Panel]);
  if (!wanted) return null;
  return Panel
    ? <Panel typed={typed.current} />
    : <Coming onType={(text) => typed.current = text} />;
}

/** Stands for the search whose script is under way: what is typed meanwhile is looked for then. */
function Coming({ onType }: { onType: (text: string) => void }) {
  const state = useChat();
  const box = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => box.current?.focus(), []);
  return (
    <aside class="members search-panel" aria-label={t("search.title")} aria-busy="true">
      <header class="side-head">
        <h2 class="grow">{t("search.title")}</h2>
        <button
          type="button"
          class="icon-button"
          aria-label={t("search.close")}
          title={t("search.close")}
          onClick={() => closeSearchPanel(state)}
        >
          <Icon name="close" />
        </button>
      </header>
      <div class="search-ask">
        <div class="search-box">
          <input
            ref={box}
            class="input"
            type="text"
            aria-label={t("search.label")}
            placeholder={t("search.placeholder")}
            autocomplete="off"
            spellcheck={false}
            onInput={(event) => onType(event.currentTarget.value)}
          />
        </div>
      </div>
    </aside>
  );
}
