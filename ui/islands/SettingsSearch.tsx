import { useEffect, useState } from "preact/hooks";
import { Icon } from "../components/Icon.tsx";
import { findSettings, type SettingsItem } from "../lib/settings/search.ts";
import { t } from "../lib/i18n/t.ts";

/** Finds any setting of the area by words and leads to its field. */
export default function SettingsSearch({ items }: { items: readonly SettingsItem[] }) {
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const [live, setLive] = useState(false);
  useEffect(() => {
    setLive(true);
    showTarget();
    addEventListener("hashchange", showTarget);
    return () => removeEventListener("hashchange", showTarget);
  }, []);
  const found = findSettings(items, query);
  const open = query.trim() !== "";
  const go = (item: SettingsItem | undefined) => {
    if (!item) return;
    setQuery("");
    follow(item.href);
    // An address that is here already changes nothing by itself.
    showTarget();
  };
  const press = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0 && found.length > 0) setAt((at + step + found.length) % found.length);
    else if (event.key === "Enter") go(found[at]);
    else if (event.key === "Escape" && query !== "") setQuery("");
    else return;
    event.preventDefault();
  };
  return (
    <div class="settings-search">
      <Icon name="search" small />
      <input
        class="input"
        type="search"
        role="combobox"
        aria-label={t("find.label")}
        placeholder={t("find.label")}
        aria-expanded={open ? "true" : "false"}
        aria-controls="settings-found"
        aria-autocomplete="list"
        aria-activedescendant={open && found[at] ? `settings-found-${at}` : undefined}
        autocomplete="off"
        spellcheck={false}
        disabled={!live}
        value={query}
        onInput={(event) => {
          setQuery(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={press}
      />
      <Found found={found} at={at} open={open} onChoose={go} />
      <p class="sr" role="status">
        {open && (found.length === 0 ? t("find.none") : t("find.count", { n: found.length }))}
      </p>
      {open && found.length === 0 && <p class="none small muted">{t("find.none")}</p>}
    </div>
  );
}

function Found(props: {
  found: readonly SettingsItem[];
  at: number;
  open: boolean;
  onChoose: (item: SettingsItem) => void;
}) {
  return (
    <ul id="settings-found" role="listbox" aria-label={t("find.results")} hidden={!props.open}>
      {props.found.map((item, i) => (
        <li
          key={item.href + item.label}
          id={`settings-found-${i}`}
          role="option"
          aria-selected={i === props.at ? "true" : "false"}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => props.onChoose(item)}
        >
          <span class="strong">{item.label}</span>
          <span class="tiny muted block">{item.section}</span>
        </li>
      ))}
    </ul>
  );
}

/** Goes there by a link, which the guard of unsaved changes sees like any other. */
function follow(href: string): void {
  const link = document.createElement("a");
  link.href = href;
  document.body.append(link);
  link.click();
  link.remove();
}

/** Moves focus to the field that the address names; the style sheet marks it. */
function showTarget(): void {
  const id = decodeURIComponent(location.hash.slice(1));
  const target = id === "" ? null : document.getElementById(id);
  if (!target) return;
  target.scrollIntoView({ block: "center" });
  // A row moved to the edge has only its other button left.
  const usable = target.matches(":disabled")
    ? target.parentElement?.querySelector<HTMLElement>("button:enabled")
    : target;
  usable?.focus({ preventScroll: true });
}
