import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { SEARCH_CHARS_MAX } from "../../../../core/search/query.ts";
import { holdPopover } from "../../../lib/browser/popovers.ts";
import { t } from "../../../lib/i18n/t.ts";
import type { Subject } from "../../../lib/search/subject.ts";
import { useSearchSuggestions } from "../../../lib/browser/use_search_suggestions.ts";
import type { SearchSuggestion } from "../../../lib/search/suggest.ts";
import { Avatar } from "../../Avatar.tsx";
import { useChat } from "../chat_context.ts";

interface BoxProps {
  readonly subject: Subject;
  readonly text: string;
  readonly setText: (text: string) => void;
  readonly onEnter: () => void;
  /** Down, where no list is open. */
  readonly onDown: () => void;
}

/** A combobox: filters and what they can be are offered while one types. */
export function SearchBox({ subject, text, setText, onEnter, onDown }: BoxProps) {
  const state = useChat();
  const box = useRef<HTMLInputElement>(null);
  const { list, at, setAt, look, close, take } = useSearchSuggestions(state, {
    subject,
    box,
    setText,
  });
  // Before the next key: what stood for it until now had the focus.
  useLayoutEffect(() => box.current?.focus(), [state.panel.value === "search"]);
  useEffect(() => list.length > 0 ? holdPopover(close) : undefined, [list.length > 0]);
  const onKey = (event: KeyboardEvent) => {
    const { key, isComposing } = event;
    if (isComposing) return;
    const chosen = list[at];
    if (key === "ArrowDown" && list.length === 0) onDown();
    else if (key === "ArrowDown") setAt((at + 1) % list.length);
    else if (key === "ArrowUp" && list.length > 0) setAt(at <= 0 ? list.length - 1 : at - 1);
    else if (key === "Enter" && chosen) take(chosen);
    else if (key === "Enter") {
      close();
      onEnter();
    } else return;
    event.preventDefault();
  };
  return (
    <div class="search-box">
      <input
        ref={box}
        class="input"
        type="text"
        role="combobox"
        aria-label={t("search.label")}
        aria-expanded={list.length > 0 ? "true" : "false"}
        aria-controls="search-suggestions"
        aria-autocomplete="list"
        aria-activedescendant={list[at] ? `search-suggestion-${at}` : undefined}
        placeholder={t("search.placeholder")}
        maxLength={SEARCH_CHARS_MAX}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        enterkeyhint="search"
        value={text}
        onInput={({ currentTarget: { value } }) => (setText(value), look(value))}
        onFocus={(event) => look(event.currentTarget.value)}
        onBlur={close}
        onKeyDown={onKey}
      />
      <ul
        class="completions"
        id="search-suggestions"
        role="listbox"
        aria-label={t("composer.suggestions")}
        hidden={list.length === 0}
      >
        {list.map((entry, i) => (
          <Option
            key={entry.key}
            entry={entry}
            id={`search-suggestion-${i}`}
            on={i === at}
            onHover={() => setAt(i)}
            onTake={() => take(entry)}
          />
        ))}
      </ul>
    </div>
  );
}

function Option({ entry, id, on, onHover, onTake }: {
  entry: SearchSuggestion;
  id: string;
  on: boolean;
  onHover: () => void;
  onTake: () => void;
}) {
  return (
    <li
      id={id}
      role="option"
      aria-selected={on ? "true" : "false"}
      class={on ? "completion on" : "completion"}
      onPointerMove={onHover}
      onPointerDown={(event) => {
        event.preventDefault();
        onTake();
      }}
    >
      {entry.user && (
        <Avatar id={entry.user.id} name={entry.label} uri={entry.user.avatar} size="s" />
      )}
      <span class="strong clip">{entry.label}</span>
      <span class="tiny muted clip grow">{entry.detail}</span>
    </li>
  );
}
