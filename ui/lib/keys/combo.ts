import { t } from "../i18n/t.ts";

/** The part of a key press that names a combination; a `KeyboardEvent` is one. */
export interface Press {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  readonly metaKey: boolean;
  getModifierState?(name: string): boolean;
}

/** Keys that are no press of their own, or only half of a character. */
const UNFINISHED = new Set([
  "Control",
  "Shift",
  "Alt",
  "Meta",
  "AltGraph",
  "CapsLock",
  "NumLock",
  "Dead",
  "Process",
  "Unidentified",
]);

const SIGNS: Readonly<Record<string, string>> = {
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Escape: "Esc",
  Plus: "+",
};
/** Keys that are printed in the language of the keyboard. */
const WORDS = [
  "Ctrl",
  "Shift",
  "PageUp",
  "PageDown",
  "Home",
  "End",
  "Insert",
  "Delete",
  "Space",
  "Enter",
  "Backspace",
] as const;
const MAC_NAMES: Readonly<Record<string, string>> = {
  Ctrl: "⌘",
  Control: "⌃",
  Alt: "⌥",
  Shift: "⇧",
};

const isLetter = (key: string) => key.length === 1 && key.toUpperCase() !== key.toLowerCase();

/**
 * Names a press, `Ctrl+Alt+Shift+K`; undefined where it is only part of one. Ctrl stands for the
 * command key on a Mac. Shift is named with letters and named keys only: which symbol needs it
 * differs from keyboard to keyboard. Letters of another script go by the place of the key.
 */
export function comboOf(press: Press, mac: boolean): string | undefined {
  if (UNFINISHED.has(press.key)) return undefined;
  // AltGr types a character; some systems report it as Ctrl and Alt.
  if (press.key.length === 1 && press.getModifierState?.("AltGraph")) return undefined;
  const place = /^Key([A-Z])$/.exec(press.code)?.[1];
  const foreign = press.key.length === 1 && press.key.charCodeAt(0) > 127;
  const key = foreign && place !== undefined ? place : press.key;
  const symbol = key.length === 1 && key !== " " && !isLetter(key);
  return [
    ...((mac ? press.metaKey : press.ctrlKey) ? ["Ctrl"] : []),
    ...(mac && press.ctrlKey ? ["Control"] : []),
    ...(!mac && press.metaKey ? ["Meta"] : []),
    ...(press.altKey ? ["Alt"] : []),
    ...(press.shiftKey && !symbol ? ["Shift"] : []),
    key === " " ? "Space" : key === "+" ? "Plus" : isLetter(key) ? key.toUpperCase() : key,
  ].join("+");
}

/** True for a single character without Ctrl or Alt: typing would press it too. */
export function isSingle(combo: string): boolean {
  const key = combo.replace(/^Shift\+/, "");
  return !key.includes("+") && (key.length === 1 || key === "Plus" || key === "Space");
}

/** The keys of a combination as they are printed on the keyboard, in the language of the moment. */
export function showCombo(combo: string, mac: boolean): string[] {
  return combo.split("+").map((part) => {
    const word = WORDS.find((each) => each === part);
    return (mac ? MAC_NAMES[part] : undefined) ?? SIGNS[part] ??
      (word === undefined ? part : t(`key.${word}`));
  });
}

export function onMac(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.platform);
}
