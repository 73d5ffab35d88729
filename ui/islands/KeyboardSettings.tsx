import { Icon } from "../components/Icon.tsx";
import { KeyCaps } from "../components/KeyCaps.tsx";
import { type KeyRecorder, labelOf, useKeyRecorder } from "../lib/browser/use_key_recorder.ts";
import { keysOf } from "../lib/keys/bindings.ts";
import { WHERE_LABELS } from "../lib/keys/labels.ts";
import { type ShortcutId, SHORTCUTS, type Where } from "../lib/keys/shortcuts.ts";
import { t } from "../lib/i18n/t.ts";

/** Every shortcut with its key, and ways to change them. Without scripts: a list to read. */
export default function KeyboardSettings() {
  const recorder = useKeyRecorder();
  return (
    <div class="stack keyboard">
      <label class="check">
        <input
          type="checkbox"
          checked={recorder.choices.singles}
          disabled={!recorder.live}
          aria-describedby="singles-hint"
          onChange={(event) => recorder.setSingles(event.currentTarget.checked)}
        />
        <span>
          <span class="strong block">{t("keyboard.singles")}</span>
          <span class="hint block" id="singles-hint">{t("keyboard.singlesHint")}</span>
        </span>
      </label>
      <p role="status" class="keyboard-said">{recorder.said}</p>
      {(Object.keys(WHERE_LABELS) as Where[]).map((where) => (
        <section key={where}>
          <h2 class="group-name">{t(WHERE_LABELS[where])}</h2>
          <ul class="rows">
            {SHORTCUTS.filter((shortcut) => shortcut.where === where).map(({ id }) => (
              <KeyRow key={id} id={id} recorder={recorder} />
            ))}
          </ul>
        </section>
      ))}
      <div>
        <button
          type="button"
          class="button"
          disabled={!recorder.live}
          onClick={recorder.resetAll}
        >
          {t("keyboard.resetAll")}
        </button>
      </div>
    </div>
  );
}

function KeyRow({ id, recorder }: { id: ShortcutId; recorder: KeyRecorder }) {
  const { mac, choices, recording, clash, live } = recorder;
  const shortcut = SHORTCUTS.find((each) => each.id === id);
  if (!shortcut) return null;
  const label = labelOf(id);
  const keys = keysOf(choices, shortcut, mac);
  const chosen = choices.keys[id] !== undefined;
  const listening = recording === id;
  return (
    <li class="row-card key-row">
      <span class="grow">{label}</span>
      {clash?.id === id && (
        <button type="button" class="button small primary" onClick={recorder.takeOver}>
          {t("keyboard.takeOver")}
        </button>
      )}
      {chosen && (
        <button
          type="button"
          class="button small quiet"
          aria-label={t("keyboard.resetOf", { label })}
          onClick={() => recorder.give(id, undefined)}
        >
          {t("keyboard.reset")}
        </button>
      )}
      <button
        type="button"
        class={listening ? "key-button listening" : "key-button"}
        disabled={!live}
        onClick={() => listening ? recorder.cancel() : recorder.record(id)}
        onKeyDown={recorder.press}
        onBlur={() => listening && recorder.cancel()}
      >
        {!listening && <span class="sr">{t("keyboard.recordOf", { label })}</span>}
        {listening
          ? t("keyboard.press")
          : keys.length === 0
          ? <span class="faint">{t("keyboard.noKey")}</span>
          : keys.map((combo) => <KeyCaps key={combo} combo={combo} mac={mac} />)}
      </button>
      {keys.length > 0 && live && (
        <button
          type="button"
          class="icon-button small"
          title={t("keyboard.noKey")}
          aria-label={t("keyboard.clearOf", { label })}
          onClick={() => recorder.give(id, "")}
        >
          <Icon name="close" small />
        </button>
      )}
    </li>
  );
}
