import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { openDm } from "../../../lib/browser/guilds.ts";
import { followPath } from "../../../lib/browser/history.ts";
import { readRecent } from "../../../lib/browser/recent_places.ts";
import { t } from "../../../lib/i18n/t.ts";
import { rankTargets } from "../../../lib/store/rank_targets.ts";
import { switchTargets, type Target } from "../../../lib/store/switch_targets.ts";
import { Icon } from "../../Icon.tsx";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";
import { cap } from "../Rail.tsx";
import { useSubmit } from "./use_submit.ts";

const SHOWN = 12;
/** Rows that Page up and Page down pass. */
const PAGE = 5;

/** Ctrl+K: type a few letters of any place or person and go there. */
export default function Switcher({ typed }: { typed: string }) {
  const state = useChat();
  const { busy, error, run } = useSubmit();
  const [query, setQuery] = useState(typed);
  const [at, setAt] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const targets = useMemo(() => switchTargets(state, readRecent()), []);
  const found = useMemo(() => rankTargets(targets, query).slice(0, SHOWN), [query]);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [at, found]);
  const go = (target: Target | undefined) => {
    if (!target) return;
    if ("user" in target) return void run(() => openDm(state, target.user.id));
    if (followPath(state, target.path)) state.overlay.value = null;
    else location.assign(target.path);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing || event.altKey || event.ctrlKey) return;
    const next = stepRow(event.key, at, found.length);
    if (event.key === "Enter") go(found[at]);
    else if (next === undefined) return;
    else setAt(next);
    event.preventDefault();
  };
  return (
    <Dialog title={t("switcher.title")} plain>
      <div class="switcher">
        <input
          class="input"
          type="text"
          role="combobox"
          aria-expanded={found.length > 0 ? "true" : "false"}
          aria-autocomplete="list"
          aria-controls="switcher-list"
          aria-activedescendant={found.length > 0 ? `switch-${at}` : undefined}
          aria-label={t("switcher.title")}
          aria-describedby="switcher-tip"
          placeholder={t("switcher.placeholder")}
          autocomplete="off"
          spellcheck={false}
          enterkeyhint="go"
          value={query}
          disabled={busy}
          autofocus
          onInput={(event) => {
            setQuery(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
        <ul ref={list} id="switcher-list" role="listbox" aria-label={t("switcher.title")}>
          {found.map((target, i) => (
            <TargetRow
              key={"path" in target ? target.path + target.kind : target.user.id}
              id={`switch-${i}`}
              target={target}
              on={i === at}
              onPoint={() => setAt(i)}
              onPick={() => go(target)}
            />
          ))}
        </ul>
        <Count n={found.length} asked={query !== ""} />
        {error && <p class="field-error" role="alert">{error}</p>}
        <p class="hint switcher-tip" id="switcher-tip">{t("switcher.tip")}</p>
      </div>
    </Dialog>
  );
}

function Count({ n, asked }: { n: number; asked: boolean }) {
  return (
    <p role="status" class={n === 0 ? "hint switcher-none" : "sr"}>
      {n === 0 ? t("switcher.none") : asked && t("switcher.count", { n })}
    </p>
  );
}

/** The row a key leads to: the arrows go around the ends, the leaps stop there. */
function stepRow(key: string, at: number, count: number): number | undefined {
  const step = { ArrowDown: 1, ArrowUp: -1, PageDown: PAGE, PageUp: -PAGE }[key];
  if (step === undefined || count === 0) return undefined;
  if (Math.abs(step) === 1) return (at + step + count) % count;
  return Math.max(0, Math.min(count - 1, at + step));
}

function TargetRow(props: {
  id: string;
  target: Target;
  on: boolean;
  onPoint: () => void;
  onPick: () => void;
}) {
  const { target, on } = props;
  return (
    <li
      id={props.id}
      role="option"
      aria-selected={on ? "true" : "false"}
      class={on ? "completion on" : "completion"}
      onPointerMove={props.onPoint}
      onClick={props.onPick}
    >
      <Icon name={target.icon} />
      <span class="strong clip">{target.text}</span>
      {target.mentions > 0
        ? (
          <span class="badge">
            <span aria-hidden="true">{cap(target.mentions)}</span>
            <span class="sr">{t("nav.mentions", { n: target.mentions })}</span>
          </span>
        )
        : target.unread > 0 && (
          <span class="dot call-dot">
            <span class="sr">{t("nav.unread", { n: target.unread })}</span>
          </span>
        )}
      <span class="tiny faint clip grow end-text">{target.detail}</span>
    </li>
  );
}
