import { type Key, t } from "../../../lib/i18n/t.ts";
import { Dialog } from "../Dialog.tsx";

const KEYS: [string[], Key][] = [
  [["Ctrl", "K"], "keys.switcher"],
  [["Alt", "↑ ↓"], "keys.channel"],
  [["Alt", "Shift", "↑ ↓"], "keys.unread"],
  [["Esc"], "keys.escape"],
  [["↑"], "keys.edit"],
  [["Enter"], "keys.send"],
  [["Shift", "Enter"], "keys.line"],
  [["Page ↑ ↓"], "keys.rows"],
  [["R"], "keys.reply"],
  [["E"], "keys.editThis"],
  [["P"], "keys.pin"],
  [["+"], "keys.react"],
  [["Delete"], "keys.delete"],
  [["X"], "keys.select"],
  [["Ctrl", "/"], "keys.help"],
];

export default function Keys() {
  return (
    <Dialog title={t("keys.title")}>
      <dl class="keys">
        {KEYS.map(([keys, label]) => (
          <div key={label} class="row between">
            <dt>{t(label)}</dt>
            <dd class="row-tight">{keys.map((key) => <kbd key={key}>{key}</kbd>)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
