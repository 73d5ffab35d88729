/** How this browser takes part in calls. */
export interface VoiceChoices {
  /** Device ids; empty: what the system takes. */
  readonly input: string;
  readonly output: string;
  readonly noiseSuppression: boolean;
  readonly echoCancellation: boolean;
  readonly autoGain: boolean;
  readonly pushToTalk: boolean;
  /** Below it nothing is sent, in dB under full scale (-100 to 0). */
  readonly thresholdDb: number;
  readonly sounds: boolean;
  /** Whether a call of a conversation rings with a sound. */
  readonly ringSound: boolean;
  /** How loud people are, by user id, 0 to 200 percent. Only who differs from 100. */
  readonly volumes: Readonly<Record<string, number>>;
}

export const DEFAULT_CHOICES: VoiceChoices = {
  input: "",
  output: "",
  noiseSuppression: true,
  echoCancellation: true,
  autoGain: true,
  pushToTalk: false,
  thresholdDb: -60,
  sounds: true,
  ringSound: true,
  volumes: {},
};

export const LOUDEST_PERCENT = 200;
const STORE_KEY = "og-voice";
/** People whose loudness is kept; the oldest choice goes first. */
const MAX_VOLUMES = 500;

/** Choices as they were stored; whatever is not one is the default. */
export function parseVoiceChoices(stored: string | null): VoiceChoices {
  let value: unknown;
  try {
    value = JSON.parse(stored ?? "null");
  } catch {
    return DEFAULT_CHOICES;
  }
  if (typeof value !== "object" || value === null) return DEFAULT_CHOICES;
  const given = value as Readonly<Record<string, unknown>>;
  const text = (name: "input" | "output") => {
    const held = given[name];
    return typeof held === "string" && held.length <= 200 ? held : DEFAULT_CHOICES[name];
  };
  const flag = (
    name:
      | "noiseSuppression"
      | "echoCancellation"
      | "autoGain"
      | "pushToTalk"
      | "sounds"
      | "ringSound",
  ) => typeof given[name] === "boolean" ? given[name] : DEFAULT_CHOICES[name];
  return {
    input: text("input"),
    output: text("output"),
    noiseSuppression: flag("noiseSuppression"),
    echoCancellation: flag("echoCancellation"),
    autoGain: flag("autoGain"),
    pushToTalk: flag("pushToTalk"),
    thresholdDb: bounded(given.thresholdDb, -100, 0) ?? DEFAULT_CHOICES.thresholdDb,
    sounds: flag("sounds"),
    ringSound: flag("ringSound"),
    volumes: volumesOf(given.volumes),
  };
}

function bounded(value: unknown, least: number, most: number): number | undefined {
  return typeof value === "number" && value >= least && value <= most ? value : undefined;
}

function volumesOf(given: unknown): Record<string, number> {
  if (typeof given !== "object" || given === null) return {};
  const known = Object.entries(given).flatMap(([user, percent]) => {
    const held = bounded(percent, 0, LOUDEST_PERCENT);
    return held === undefined || held === 100 ? [] : [[user, held] as const];
  });
  return Object.fromEntries(known.slice(-MAX_VOLUMES));
}

export function withVolume(choices: VoiceChoices, user: string, percent: number): VoiceChoices {
  const { [user]: _, ...others } = choices.volumes;
  return { ...choices, volumes: percent === 100 ? others : { ...others, [user]: percent } };
}

export function readVoiceChoices(): VoiceChoices {
  try {
    return parseVoiceChoices(localStorage.getItem(STORE_KEY));
  } catch {
    return DEFAULT_CHOICES;
  }
}

export function keepVoiceChoices(choices: VoiceChoices): void {
  try {
    localStorage.setItem(STORE_KEY, JSON.stringify(choices));
  } catch {
    // They hold for as long as the page is open.
  }
}

/** Hears of choices made in other tabs. Returns what ends it. */
export function watchVoiceChoices(changed: (choices: VoiceChoices) => void): () => void {
  const look = (event: StorageEvent) => {
    if (event.key === STORE_KEY) changed(parseVoiceChoices(event.newValue));
  };
  addEventListener("storage", look);
  return () => removeEventListener("storage", look);
}
