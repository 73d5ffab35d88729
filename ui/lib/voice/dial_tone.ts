import { playTones, type Tones } from "./tones.ts";

/** One long low tone, then a pause: calmer than what those hear who are called. */
const TONES: Tones = { notes: [[392, 0]], length: 1.4, attack: 0.1, loudness: 0.05 };
const EVERY_MS = 4000;

/** What a caller hears while others are rung. */
export class DialTone {
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(readonly audio: AudioContext) {}

  set(on: boolean): void {
    if (on === (this.#timer !== undefined)) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (!on) return;
    playTones(this.audio, TONES);
    this.#timer = setInterval(() => playTones(this.audio, TONES), EVERY_MS);
  }
}
