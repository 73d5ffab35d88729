import { type Key, t } from "../../lib/i18n/t.ts";

export interface EmojiJump {
  /** Of the section it leads to, as its `data-group`. */
  readonly group: number;
  readonly sign: string;
  readonly label: Key;
}

/** A row of signs, one for each group of emoji; a press scrolls to it. One stop of Tab. */
export function EmojiJumps(
  { jumps, onJump }: { jumps: readonly EmojiJump[]; onJump: (group: number) => void },
) {
  return (
    <div class="emoji-jumps" role="toolbar" aria-label={t("emoji.groups")} onKeyDown={walkRow}>
      {jumps.map(({ group, sign, label }, at) => (
        <button
          key={group}
          type="button"
          class="emoji-jump"
          tabIndex={at === 0 ? 0 : -1}
          aria-label={t(label)}
          title={t(label)}
          onClick={() => onJump(group)}
        >
          {sign}
        </button>
      ))}
    </div>
  );
}

/** Left and right move in a row of buttons that is one stop of Tab. */
export function walkRow(event: KeyboardEvent) {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (step === undefined) return;
  const box = event.currentTarget as HTMLElement;
  const stops = [...box.querySelectorAll("button")];
  const at = stops.indexOf(document.activeElement as HTMLButtonElement);
  stops[(at + step * (document.dir === "rtl" ? -1 : 1) + stops.length) % stops.length]?.focus();
  event.preventDefault();
  // The grid below walks by the same keys.
  event.stopPropagation();
}
