import type { RefObject } from "preact";
import { useRef, useState } from "preact/hooks";
import { loadSpan, openPlace } from "../../../lib/browser/history.ts";
import type { SearchHit } from "../../../lib/browser/search.ts";
import {
  type Found,
  type Searching,
  useFound,
  useSource,
} from "../../../lib/browser/use_search.ts";
import { nameOf } from "../../../lib/format/names.ts";
import { formatFull } from "../../../lib/format/time.ts";
import { t } from "../../../lib/i18n/t.ts";
import { plainText } from "../../../lib/store/links.ts";
import { isTalk, placeKey } from "../../../lib/store/place.ts";
import { Avatar } from "../../Avatar.tsx";
import { Drawing } from "../../Drawing.tsx";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";

/** Hits asked for at a time. */
const PAGE = 20;
const SHOWN_CHARS = 200;

/** Words in what was said in the open conversation; a press goes to the message. */
export default function Search() {
  const state = useChat();
  const place = state.place.value;
  const search = useSource(state);
  const [query, setQuery] = useState("");
  const [shown, setShown] = useState(PAGE);
  const list = useRef<HTMLUListElement>(null);
  const wanted = query.trim();
  const found = useFound(search, wanted, shown);
  const jump = (id: string) => {
    if (!isTalk(place)) return;
    state.overlay.value = null;
    openPlace(state, { ...place, focus: id });
    const held = state.windowOf(placeKey(place)).value.messages.some((each) => each.id === id);
    if (!held) void loadSpan(state, place, { around: id });
  };
  const step = (event: KeyboardEvent) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const rows = [...list.current?.querySelectorAll<HTMLElement>("button.found") ?? []];
    const at = rows.indexOf(document.activeElement as HTMLElement);
    rows[event.key === "ArrowDown" ? at + 1 : Math.max(0, at - 1)]?.focus();
    event.preventDefault();
  };
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  return (
    <Dialog title={t("search.title")}>
      <div class="stack" onKeyDown={step}>
        <input
          class="input"
          type="search"
          aria-label={t("search.label")}
          placeholder={t("search.placeholder")}
          autocomplete="off"
          spellcheck={false}
          enterkeyhint="search"
          value={query}
          autofocus
          onInput={(event) => {
            setQuery(event.currentTarget.value);
            setShown(PAGE);
          }}
        />
        <p class="small muted" role="status">{statusOf(search, found)}</p>
        {search.fault && <p class="field-error" role="alert">{search.fault}</p>}
        <Results
          search={search}
          found={found}
          words={words}
          list={list}
          onPick={jump}
          onMore={() => setShown(shown + PAGE)}
        />
      </div>
    </Dialog>
  );
}

function Results({ search, found, words, list, onPick, onMore }: {
  search: Searching;
  found: Found | undefined;
  words: readonly string[];
  list: RefObject<HTMLUListElement>;
  onPick: (id: string) => void;
  onMore: () => void;
}) {
  return (
    <>
      {found && found.hits.length === 0 && search.done && (
        <div class="empty">
          <Drawing name="quiet" />
          <h3>{t("search.none")}</h3>
          <p>{t("search.noneText")}</p>
        </div>
      )}
      {found && found.hits.length > 0 && (
        <ul ref={list} aria-label={t("search.results")}>
          {found.hits.map((hit) => (
            <Hit
              key={hit.id}
              hit={hit}
              words={words}
              onPick={() => onPick(hit.id)}
            />
          ))}
        </ul>
      )}
      {found?.hasMore && (
        <button
          type="button"
          class="button small"
          onClick={onMore}
        >
          {t("search.more")}
        </button>
      )}
    </>
  );
}

function statusOf({ done, read, fault, source }: Searching, found: Found | undefined): string {
  if (fault) return "";
  if (!source) return t("loading");
  if (!done) return t("search.reading", { n: read });
  if (found) return t("search.found", { n: found.hits.length, more: found.hasMore ? "+" : "" });
  return t("search.ready", { n: read });
}

function Hit({ hit, words, onPick }: {
  hit: SearchHit;
  words: readonly string[];
  onPick: () => void;
}) {
  const state = useChat();
  const user = state.userOf(hit.sender);
  const name = nameOf(user);
  return (
    <li>
      <button type="button" class="found" onClick={onPick}>
        <Avatar id={user.id} name={name} uri={user.avatar} size="s" />
        <span class="grow">
          <span class="row-tight wrap">
            <span class="strong">{name}</span>
            <span class="tiny faint">{formatFull(hit.ts, state.timeZone.value)}</span>
          </span>
          <span class="block break">
            <Marked text={around(plainText(state, hit.text), words)} words={words} />
          </span>
        </span>
      </button>
    </li>
  );
}

/** The part of a long text in which the first of the words stands. */
function around(text: string, words: readonly string[]): string {
  const at = text.toLowerCase().indexOf(words[0] ?? "");
  const from = Math.max(0, at - SHOWN_CHARS / 4);
  const part = text.slice(from, from + SHOWN_CHARS);
  return `${from > 0 ? "… " : ""}${part}${from + SHOWN_CHARS < text.length ? " …" : ""}`;
}

function Marked({ text, words }: { text: string; words: readonly string[] }) {
  const escaped = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  if (escaped.length === 0) return <>{text}</>;
  const parts = text.split(new RegExp(`(${escaped.join("|")})`, "gi"));
  return (
    <>
      {parts.map((part, at) => at % 2 === 1 ? <mark key={at}>{part}</mark> : part)}
    </>
  );
}
