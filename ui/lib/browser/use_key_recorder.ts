import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n/t.ts";
import { type KeyChoices, NO_CHOICES } from "../keys/bindings.ts";
import { conflictsOf, refuseCombo } from "../keys/choose_key.ts";
import { comboOf, onMac, showCombo } from "../keys/combo.ts";
import type { ShortcutId } from "../keys/shortcuts.ts";
import { readKeys, watchKeys, writeKeys } from "./key_store.ts";

/** A key that was pressed for a shortcut but does something else already. */
export interface Clash {
  readonly id: ShortcutId;
  readonly combo: string;
  readonly others: readonly ShortcutId[];
}

export interface KeyRecorder {
  readonly mac: boolean;
  readonly choices: KeyChoices;
  /** The shortcut whose next key is listened for. */
  readonly recording: ShortcutId | undefined;
  readonly clash: Clash | undefined;
  /** What just happened, in a sentence. */
  readonly said: string;
  readonly live: boolean;
  record(id: ShortcutId): void;
  cancel(): void;
  press(event: KeyboardEvent): void;
  takeOver(): void;
  /** A key, "" for none, undefined for the default. */
  give(id: ShortcutId, combo: string | undefined): void;
  setSingles(on: boolean): void;
  resetAll(): void;
}

export const labelOf = (id: ShortcutId): string => t(`keys.${id}`);

/** Changes which key does what. Until scripts are here it shows the defaults. */
export function useKeyRecorder(): KeyRecorder {
  const [choices, setChoices] = useState(NO_CHOICES);
  const [mac, setMac] = useState(false);
  const [live, setLive] = useState(false);
  const [recording, setRecording] = useState<ShortcutId | undefined>(undefined);
  const [clash, setClash] = useState<Clash | undefined>(undefined);
  const [said, say] = useState("");
  useEffect(() => {
    setChoices(readKeys());
    setMac(onMac());
    setLive(true);
    return watchKeys(setChoices);
  }, []);
  const shown = (combo: string) => showCombo(combo, mac).join(" ");
  const store = (next: KeyChoices, message: string) => {
    setChoices(next);
    setClash(undefined);
    say(writeKeys(next) ? message : t("keyboard.notKept"));
  };
  const give = (id: ShortcutId, combo: string | undefined, freed: readonly ShortcutId[] = []) => {
    const { [id]: _former, ...others } = choices.keys;
    const keys: KeyChoices["keys"] = {
      ...others,
      ...(combo === undefined ? {} : { [id]: combo }),
      ...Object.fromEntries(freed.map((other) => [other, ""])),
    };
    const key = combo === undefined
      ? t("keyboard.reset")
      : combo === ""
      ? t("keyboard.noKey")
      : shown(combo);
    store({ ...choices, keys }, t("keyboard.set", { label: labelOf(id), key }));
  };
  const press = (event: KeyboardEvent) => {
    const combo = comboOf(event, mac);
    if (recording === undefined || combo === undefined) return;
    // Tab leads on: nobody is held in the box.
    if (combo === "Tab" || combo === "Shift+Tab") return setRecording(undefined);
    event.preventDefault();
    event.stopPropagation();
    setRecording(undefined);
    if (combo === "Escape" && recording !== "close") return say(t("keyboard.cancelled"));
    const refused = refuseCombo(recording, combo);
    if (refused) return say(t(`keyboard.${refused}`, { key: shown(combo) }));
    const others = conflictsOf(choices, { id: recording, combo, mac });
    if (others.length === 0) return give(recording, combo);
    setClash({ id: recording, combo, others });
    say(t("keyboard.taken", { key: shown(combo), other: others.map(labelOf).join(", ") }));
  };
  return {
    ...{ mac, choices, recording, clash, said, live, press, give },
    record(id) {
      setClash(undefined);
      setRecording(id);
      say(t("keyboard.press"));
    },
    cancel: () => setRecording(undefined),
    takeOver: () => clash && give(clash.id, clash.combo, clash.others),
    setSingles: (singles) => store({ ...choices, singles }, ""),
    resetAll: () => store(NO_CHOICES, t("keyboard.resetDone")),
  };
}
