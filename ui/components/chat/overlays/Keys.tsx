import { useState } from "preact/hooks";
import { keysOf } from "../../../lib/keys/bindings.ts";
import { onMac } from "../../../lib/keys/combo.ts";
import { FIXED_KEYS, WHERE_LABELS } from "../../../lib/keys/labels.ts";
import { SHORTCUTS, type Where } from "../../../lib/keys/shortcuts.ts";
import { t } from "../../../lib/i18n/t.ts";
import { KeyCaps } from "../../KeyCaps.tsx";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";

interface Line {
  readonly label: string;
  readonly keys: readonly string[];
}

/** Which key does what right now; a few letters find one. */
export default function Keys() {
  const state = useChat();
  const [query, setQuery] = useState("");
  const mac = onMac();
  const choices = state.keys.value;
  const groups: { title: string; lines: Line[] }[] = (Object.keys(WHERE_LABELS) as Where[])
    .map((where) => ({
      title: t(WHERE_LABELS[where]),
      lines: SHORTCUTS.filter((shortcut) => shortcut.where === where).map((shortcut) => ({
        label: t(`keys.${shortcut.id}`),
        keys: keysOf(choices, shortcut, mac),
      })),
    }));
  groups.push({
    title: t("keys.where.fixed"),
    lines: FIXED_KEYS.map(({ label, keys }) => ({ label: t(label), keys })),
  });
  const wanted = query.trim().toLowerCase();
  const found = groups.flatMap(({ title, lines }) => {
    const held = lines.filter(({ label, keys }) =>
      `${label} ${keys.join(" ")}`.toLowerCase().includes(wanted)
    );
    return held.length > 0 ? [{ title, lines: held }] : [];
  });
  return (
    <Dialog title={t("keys.title")}>
      <input
        class="input"
        type="search"
        placeholder={t("keys.search")}
        aria-label={t("keys.search")}
        value={query}
        autofocus
        onInput={(event) => setQuery(event.currentTarget.value)}
      />
      <div class="keys">
        {found.map(({ title, lines }) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>{lines.map((line) => <KeyLine key={line.label} line={line} mac={mac} />)}</dl>
          </section>
        ))}
      </div>
      <p role="status" class={found.length === 0 ? "hint" : "sr"}>
        {found.length === 0 && t("keys.none")}
      </p>
      <div class="row end">
        <a class="button" href="/settings/keyboard">{t("keys.change")}</a>
      </div>
    </Dialog>
  );
}

function KeyLine({ line, mac }: { line: Line; mac: boolean }) {
  return (
    <div class="row between">
      <dt>{line.label}</dt>
      <dd class="row-tight wrap end">
        {line.keys.length === 0
          ? <span class="faint small">{t("keyboard.noKey")}</span>
          : line.keys.map((combo) => <KeyCaps key={combo} combo={combo} mac={mac} />)}
      </dd>
    </div>
  );
}
