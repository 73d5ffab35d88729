import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type EmojiRow, loadEmoji, searchEmoji } from "../../lib/browser/emoji_data.ts";
import { type Key, t } from "../../lib/i18n/t.ts";
import { useChat } from "./chat_context.ts";

const GROUPS: [number, Key][] = [
  [0, "emoji.smileys"],
  [1, "emoji.people"],
  [3, "emoji.nature"],
  [4, "emoji.food"],
  [5, "emoji.travel"],
  [6, "emoji.activities"],
  [7, "emoji.objects"],
  [8, "emoji.symbols"],
  [9, "emoji.flags"],
];
const COLUMNS = 8;
const RECENT_KEY = "og-emoji";
const RECENT_COUNT = 16;

function readRecent(): string[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(RECENT_KEY) ?? "[]");
    return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
  } catch {
    return [];
  }
}

/** A grid of emoji with search; arrow keys walk the grid, Enter takes. */
export default function EmojiPicker({ onPick }: { onPick: (emoji: string) => void }) {
  const state = useChat();
  const [rows, setRows] = useState<readonly EmojiRow[]>([]);
  const [query, setQuery] = useState("");
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    void loadEmoji(state.props.emojiUrl).then(setRows);
    input.current?.focus();
  }, []);
  const recent = useMemo(readRecent, []);
  const found = useMemo(() => query === "" ? [] : searchEmoji(rows, query, 64), [rows, query]);
  const pick = (emoji: string) => {
    const next = [emoji, ...recent.filter((entry) => entry !== emoji)].slice(0, RECENT_COUNT);
    localStorage.setItem(RECENT_KEY, JSON.stringify(next));
    onPick(emoji);
  };
  return (
    <div class="emoji-picker" role="dialog" aria-label={t("emoji.title")} onKeyDown={walkGrid}>
      <input
        ref={input}
        class="input"
        type="text"
        placeholder={t("emoji.search")}
        aria-label={t("emoji.search")}
        value={query}
        onInput={(event) => setQuery(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && found[0]) {
            event.preventDefault();
            pick(found[0][0]);
          }
        }}
      />
      <div class="emoji-scroll" tabIndex={-1}>
        {query !== ""
          ? found.length === 0
            ? <p class="hint">{t("emoji.none")}</p>
            : <Grid rows={found} onPick={pick} />
          : (
            <>
              {recent.length > 0 && (
                <>
                  <h3 class="emoji-group">{t("emoji.recent")}</h3>
                  <Grid rows={recent.map((emoji) => [emoji, "", 0, ""])} onPick={pick} />
                </>
              )}
              {GROUPS.map(([group, label]) => (
                <section key={group} class="emoji-section">
                  <h3 class="emoji-group">{t(label)}</h3>
                  <Grid rows={rows.filter((row) => row[2] === group)} onPick={pick} />
                </section>
              ))}
            </>
          )}
      </div>
    </div>
  );
}

function Grid({ rows, onPick }: { rows: readonly EmojiRow[]; onPick: (emoji: string) => void }) {
  return (
    <div class="emoji-grid">
      {rows.map(([emoji, code]) => (
        <button
          key={emoji}
          type="button"
          class="emoji-cell"
          title={code === "" ? emoji : `:${code}:`}
          aria-label={code === "" ? emoji : code.replaceAll("_", " ")}
          onClick={() => onPick(emoji)}
        >
          {emoji}
        </button>
      ))}
    </div>
  );
}

function walkGrid(event: KeyboardEvent) {
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -COLUMNS, ArrowDown: COLUMNS }[event.key];
  if (step === undefined) return;
  const box = event.currentTarget as HTMLElement;
  const cells = [...box.querySelectorAll<HTMLElement>(".emoji-cell")];
  const at = cells.indexOf(document.activeElement as HTMLElement);
  if (at < 0 && event.key !== "ArrowDown") return;
  event.preventDefault();
  cells[at < 0 ? 0 : Math.max(0, Math.min(cells.length - 1, at + step))]?.focus();
}
