import { useEffect, useRef, useState } from "preact/hooks";
import { loadSpan, openPlace } from "../../../lib/browser/history.ts";
import { openSearch, type SearchHit, type SearchSource } from "../../../lib/browser/search.ts";
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
/** Whoever types is not answered for each letter (ms). */
const PAUSE_MS = 150;
const SHOWN_CHARS = 200;

interface Found {
  readonly query: string;
  readonly hits: readonly SearchHit[];
  readonly hasMore: boolean;
}

/** Words in what was said in the open conversation; a press goes to the message. */
export default function Search() {
  const state = useChat();
  const place = state.place.value;
  const search = useSource();
  const [query, setQuery] = useState("");
  const [shown, setShown] = useState(PAGE);
  const [found, setFound] = useState<Found | undefined>(undefined);
  const list = useRef<HTMLUListElement>(null);
  const wanted = query.trim();
  useEffect(() => {
    if (!search.source || wanted === "") return setFound(undefined);
    let late = false;
    const { source } = search;
    const timer = setTimeout(() =>
      void source.find(wanted, shown).then(
        (page) => late || setFound({ query: wanted, ...page }),
        search.fail,
      ), PAUSE_MS);
    return () => {
      late = true;
      clearTimeout(timer);
    };
  }, [search.source, search.turn, wanted, shown]);
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
                onPick={() => jump(hit.id)}
              />
            ))}
          </ul>
        )}
        {found?.hasMore && (
          <button
            type="button"
            class="button small"
            onClick={() => setShown(shown + PAGE)}
          >
            {t("search.more")}
          </button>
        )}
      </div>
    </Dialog>
  );
}

interface Searching {
  readonly source: SearchSource | undefined;
  readonly fault: string | undefined;
  readonly done: boolean;
  /** Messages looked through. */
  readonly read: number;
  /** Counts what makes it worth asking again. */
  readonly turn: number;
  readonly fail: (error: unknown) => void;
}

/** What searches the open conversation, from when the panel opens until it closes. */
function useSource(): Searching {
  const state = useChat();
  const place = state.place.value;
  const [source, setSource] = useState<SearchSource | undefined>(undefined);
  const [fault, setFault] = useState<string | undefined>(undefined);
  const [progress, setProgress] = useState({ done: false, read: 0, turn: 0 });
  const fail = (error: unknown) => setFault(error instanceof Error ? error.message : String(error));
  useEffect(() => {
    if (!isTalk(place)) return;
    const opened = openSearch(
      state,
      place,
      (now) => setProgress(({ turn }) => ({ ...now, turn: turn + 1 })),
    );
    opened.then(setSource, fail);
    return () => void opened.then((each) => each.close(), () => undefined);
  }, []);
  return { source, fault, ...progress, fail };
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
