import { useEffect, useRef, useState } from "preact/hooks";
import { searchTerms } from "../../../../core/search/query.ts";
import { openPlace } from "../../../lib/browser/history.ts";
import { t } from "../../../lib/i18n/t.ts";
import type { SearchHit } from "../../../lib/search/hits.ts";
import { withName } from "../../../lib/search/instead.ts";
import { closeSearchPanel } from "../../../lib/search/open_panel.ts";
import { noteSearch } from "../../../lib/search/recent.ts";
import { placeOfHit, type Subject, subjectOf } from "../../../lib/search/subject.ts";
import { useSearch } from "../../../lib/browser/use_search.ts";
import { Icon } from "../../Icon.tsx";
import { useChat } from "../chat_context.ts";
import { SearchBox } from "./SearchBox.tsx";
import { SearchResults } from "./SearchResults.tsx";

/** What was said in the open place, found by words and filters. On a phone it lies over all. */
export default function SearchPanel({ typed }: {
  /** What was typed before the script was here. */
  typed: string;
}) {
  const state = useChat();
  const subject = subjectOf(state, state.finding.value ?? "all");
  // In the place where it was typed alone.
  const early = useRef(typed);
  useEffect(() => {
    early.current = "";
  }, []);
  return subject ? <Panel key={subject.owner} subject={subject} typed={early.current} /> : null;
}

function Panel({ subject, typed }: { subject: Subject; typed: string }) {
  const state = useChat();
  const [text, setText] = useState(typed);
  const search = useSearch(state, subject, text);
  const panel = useRef<HTMLElement>(null);
  const selfId = state.self.value.user.id;
  const note = () => {
    // Words that were looked for where no server can read are kept nowhere.
    if (subject.device.length === 0 && text.trim() !== "") noteSearch(selfId, text.trim());
  };
  const jump = (hit: SearchHit) => {
    const place = placeOfHit(subject, hit);
    if (!place) return;
    note();
    openPlace(state, place);
  };
  const rows = () => [...panel.current?.querySelectorAll<HTMLElement>("[data-hit]") ?? []];
  const step = (event: KeyboardEvent) => {
    const all = rows();
    const at = all.indexOf(event.target as HTMLElement);
    if (at < 0 || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
    const box = panel.current?.querySelector<HTMLElement>("input[role=combobox]");
    (event.key === "ArrowDown" ? all[at + 1] : all[at - 1] ?? box)?.focus();
    event.preventDefault();
  };
  return (
    <aside
      class="members search-panel"
      aria-label={t("search.title")}
      ref={panel}
      onKeyDown={step}
    >
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
        <SearchBox
          subject={subject}
          text={text}
          setText={setText}
          onEnter={() => {
            note();
            search.submit();
          }}
          onDown={() => rows()[0]?.focus()}
        />
        <Chips text={text} setText={setText} />
        {subject.guild && <Scope />}
      </div>
      <SearchResults
        search={search}
        subject={subject}
        onPick={jump}
        onRecent={setText}
        onInstead={(unknown, name) => setText(withName(text, unknown, name))}
      />
    </aside>
  );
}

/** The filters that are on; a press takes one off. */
function Chips({ text, setText }: { text: string; setText: (text: string) => void }) {
  const filters = searchTerms(text).filter((term) =>
    term.kind !== "word" && term.kind !== "phrase" && term.value.trim() !== ""
  );
  if (filters.length === 0) return null;
  return (
    <ul class="search-chips" aria-label={t("search.filters")}>
      {filters.map(({ kind, value, start, end }) => (
        <li key={start}>
          <button
            type="button"
            class="tag press"
            aria-label={t("search.remove", { filter: `${kind}: ${value}` })}
            onClick={() =>
              setText(`${text.slice(0, start).trimEnd()} ${text.slice(end).trimStart()}`.trim())}
          >
            {kind}: <span class="clip">{value}</span>
            <Icon name="close" small />
          </button>
        </li>
      ))}
    </ul>
  );
}

function Scope() {
  const state = useChat();
  const scope = state.finding.value;
  if (state.place.value.kind !== "channel") return null;
  return (
    <fieldset class="segmented search-scope">
      <legend class="sr">{t("search.where")}</legend>
      {(["here", "all"] as const).map((each) => (
        <label key={each}>
          <input
            type="radio"
            name="search-scope"
            checked={scope === each}
            onChange={() => state.finding.value = each}
          />
          <span>{each === "here" ? t("search.here") : t("search.all")}</span>
        </label>
      ))}
    </fieldset>
  );
}
