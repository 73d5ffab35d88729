import { t } from "../i18n/t.ts";

/** Pictures by the last part of their text's key, in the order of core/e2ee/sas.ts. */
export const EMOJI_KEYS = [
  "dog",
  "cat",
  "lion",
  "horse",
  "unicorn",
  "pig",
  "elephant",
  "rabbit",
  "panda",
  "rooster",
  "penguin",
  "turtle",
  "fish",
  "octopus",
  "butterfly",
  "flower",
  "tree",
  "cactus",
  "mushroom",
  "globe",
  "moon",
  "cloud",
  "fire",
  "banana",
  "apple",
  "strawberry",
  "corn",
  "pizza",
  "cake",
  "heart",
  "smiley",
  "robot",
  "hat",
  "glasses",
  "wrench",
  "santa",
  "thumbs_up",
  "umbrella",
  "hourglass",
  "clock",
  "gift",
  "light_bulb",
  "book",
  "pencil",
  "paper_clip",
  "scissors",
  "lock",
  "key",
  "hammer",
  "telephone",
  "flag",
  "train",
  "bicycle",
  "airplane",
  "rocket",
  "trophy",
  "ball",
  "guitar",
  "trumpet",
  "bell",
  "anchor",
  "headphones",
  "folder",
  "pin",
] as const;

/** The part of a key that an English name of the protocol stands for: "Thumbs up" -> "thumbs_up". */
export function emojiKey(name: string): string {
  return name.toLowerCase().replaceAll(" ", "_");
}

/** What a picture is called here; an unknown one keeps the name of the protocol. */
export function emojiName(name: string): string {
  const known = EMOJI_KEYS.find((key) => key === emojiKey(name));
  return known === undefined ? name : t(`e2ee.emoji.${known}`);
}
