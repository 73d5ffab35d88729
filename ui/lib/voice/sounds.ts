import { playTones, type Tones } from "./tones.ts";

/** Notes of each sound, as `Tones` has them. */
const SOUNDS = {
  joined: [[523, 0], [784, 0.08]],
  left: [[784, 0], [523, 0.08]],
  muted: [[330, 0]],
  unmuted: [[440, 0]],
  deafened: [[330, 0], [247, 0.07]],
  undeafened: [[330, 0], [440, 0.07]],
} as const satisfies Readonly<Record<string, Tones["notes"]>>;

export type CallSound = keyof typeof SOUNDS;

export function playCallSound(audio: AudioContext, sound: CallSound): void {
  playTones(audio, { notes: SOUNDS[sound], length: 0.16, attack: 0.01, loudness: 0.08 });
}
