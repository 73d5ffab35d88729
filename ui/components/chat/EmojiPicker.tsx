import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type EmojiRow, loadEmoji, searchEmoji } from "../../lib/browser/emoji_data.ts";
import type { Guild } from "../../../core/api/guild.ts";
import { emojiKey, findEmoji, ownEmoji, searchGuildEmoji } from "../../lib/format/guild_emoji.ts";
import { toneOf, TONES } from "../../lib/format/skin_tone.ts";
import { type Key, t } from "../../lib/i18n/t.ts";
import { guildOf } from "../../lib/store/place.ts";
import { useChat } from "./chat_context.ts";
import { type EmojiJump, EmojiJumps, walkRow } from "./EmojiJumps.tsx";
import { EmojiPicture } from "./EmojiPicture.tsx";

const GROUPS: readonly EmojiJump[] = [
  { group: 0, sign: "😀", label: "emoji.smileys" },
  { group: 1, sign: "👋", label: "emoji.people" },
  { group: 3, sign: "🐻", label: "emoji.nature" },
  { group: 4, sign: "🍎", label: "emoji.food" },
  { group: 5, sign: "🚗", label: "emoji.travel" },
  { group: 6, sign: "⚽", label: "emoji.activities" },
  { group: 7, sign: "💡", label: "emoji.objects" },
  { group: 8, sign: "💛", label: "emoji.symbols" },
  { group: 9, sign: "🏁", label: "emoji.flags" },
];
const COLUMNS = 8;
const FOUND = 64;
const RECENT_KEY = "og-emoji";
const RECENT_COUNT = 16;
const TONE_KEY = "og-tone";

function readRecent(): string[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(RECENT_KEY) ?? "[]");
    return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
  } catch {
    return [];
  }
}

function readTone(): number {
  const tone = Number(localStorage.getItem(TONE_KEY) ?? 0);
  return Number.isInteger(tone) && tone >= 0 && tone <= TONES.length ? tone : 0;
}

/** A grid of emoji with search; arrow keys walk the grid, Enter takes. */
export default function EmojiPicker({ onPick }: { onPick: (emoji: string) => void }) {
  const state = useChat();
  const [rows, setRows] = useState<readonly EmojiRow[]>([]);
  const [query, setQuery] = useState("");
  const [tone, setTone] = useState(readTone);
  const [failed, setFailed] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const scroll = useRef<HTMLDivElement>(null);
  useEffect(() => {
    void loadEmoji(state.props.emojiUrl).then(setRows, () => setFailed(true));
    input.current?.focus();
  }, []);
  const guild = guildOf(state.known, state.place.value);
  const recent = useMemo(() => recentIn(guild), [guild]);
  const drawn = useMemo(() => tone === 0 ? rows : rows.map((row) => inTone(row, tone)), [
    rows,
    tone,
  ]);
  const found = useMemo(
    () => query === "" ? [] : [...rowsOf(guild, query), ...searchEmoji(drawn, query, FOUND)],
    [drawn, query, guild],
  );
  const jump = (group: number) =>
    scroll.current?.querySelector(`[data-group="${group}"]`)?.scrollIntoView({ block: "start" });
  const choose = (next: number) => {
    setTone(next);
    localStorage.setItem(TONE_KEY, String(next));
  };
  const pick = (emoji: string) => {
    const next = [emoji, ...readRecent().filter((entry) => entry !== emoji)].slice(0, RECENT_COUNT);
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
      <Tones tone={tone} onChoose={choose} />
      {query === "" && !failed && <EmojiJumps jumps={GROUPS} onJump={jump} />}
      <div ref={scroll} class="emoji-scroll" tabIndex={-1}>
        {failed
          ? <p class="hint">{t("emoji.failed")}</p>
          : query === ""
          ? <Groups recent={recent} rows={drawn} guild={guild} onPick={pick} />
          : found.length === 0
          ? <p class="hint">{t("emoji.none")}</p>
          : <Grid rows={found} guild={guild} onPick={pick} />}
      </div>
    </div>
  );
}

function Groups(props: {
  recent: readonly string[];
  rows: readonly EmojiRow[];
  guild: Guild | undefined;
  onPick: (emoji: string) => void;
}) {
  const { recent, rows, guild, onPick } = props;
  const own = rowsOf(guild, "");
  return (
    <>
      {recent.length > 0 && (
        <>
          <h3 class="emoji-group">{t("emoji.recent")}</h3>
          <Grid
            rows={recent.map((emoji) => [emoji, "", 0, ""])}
            guild={guild}
            onPick={onPick}
          />
        </>
      )}
      {guild && own.length > 0 && (
        <section>
          <h3 class="emoji-group clip">{guild.name}</h3>
          <Grid rows={own} guild={guild} onPick={onPick} />
        </section>
      )}
      {GROUPS.map(({ group, label }) => (
        <section key={group} class="emoji-section" data-group={group}>
          <h3 class="emoji-group">{t(label)}</h3>
          <Grid
            rows={rows.filter((row) =>
              row[2] === group
            )}
            guild={guild}
            onPick={onPick}
          />
        </section>
      ))}
    </>
  );
}

/** Recent ones as they are called now; what belongs to another guild, or is gone, is left out. */
function recentIn(guild: Guild | undefined): string[] {
  const found = readRecent().flatMap((key) => {
    const own = findEmoji(guild, key);
    if (own) return [emojiKey(own.name)];
    return /^:.+:$/.test(key) ? [] : [key];
  });
  return [...new Set(found)];
}

/** A guild's emoji by part of their name, as the grid takes them; of group -1. */
function rowsOf(guild: Guild | undefined, query: string): EmojiRow[] {
  return searchGuildEmoji(guild, query, ownEmoji(guild).length)
    .map(({ name }) => [emojiKey(name), name, -1, ""]);
}

function inTone(row: EmojiRow, tone: number): EmojiRow {
  return row[4] === 1 ? [toneOf(row[0], tone), row[1], row[2], row[3], 1] : row;
}

const TONE_NAMES: readonly Key[] = [
  "emoji.tone0",
  "emoji.tone1",
  "emoji.tone2",
  "emoji.tone3",
  "emoji.tone4",
  "emoji.tone5",
];

/** The skin tone of hands and people, kept for the next time. */
function Tones({ tone, onChoose }: { tone: number; onChoose: (tone: number) => void }) {
  return (
    <div
      class="emoji-tones"
      role="radiogroup"
      aria-label={t("emoji.tone")}
      onKeyDown={walkRow}
    >
      {TONE_NAMES.map((name, each) => (
        <button
          key={name}
          type="button"
          role="radio"
          class="emoji-tone"
          tabIndex={each === tone ? 0 : -1}
          aria-checked={each === tone ? "true" : "false"}
          aria-label={t(name)}
          title={t(name)}
          onClick={() => onChoose(each)}
        >
          {toneOf("✋", each)}
        </button>
      ))}
    </div>
  );
}

function Grid(props: {
  rows: readonly EmojiRow[];
  guild: Guild | undefined;
  onPick: (emoji: string) => void;
}) {
  return (
    <div class="emoji-grid">
      {props.rows.map(([emoji, code]) => {
        const own = findEmoji(props.guild, emoji);
        return (
          <button
            key={emoji}
            type="button"
            class="emoji-cell"
            title={code === "" || own ? emoji : `:${code}:`}
            aria-label={code === "" ? emoji : code.replaceAll("_", " ")}
            onClick={() => props.onPick(emoji)}
          >
            {own ? <EmojiPicture emoji={own} /> : emoji}
          </button>
        );
      })}
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
