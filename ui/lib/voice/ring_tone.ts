import { playTones, type Tones } from "./tones.ts";
import { useOutput } from "./voices.ts";

/** Two soft tones, then a pause. */
const TONES: Tones = { notes: [[587, 0], [784, 0.22]], length: 0.7, attack: 0.04, loudness: 0.1 };
const EVERY_MS = 2500;
/** Only one of the browser's tabs rings. */
const LOCK = "og-ring";

/** Rings until it is ended. Silent where the browser wants a click first. */
export function startRinging(output: string): () => void {
  const ending = Promise.withResolvers<void>();
  // Refused where it was ended before it began.
  const aborter = new AbortController();
  const play = async () => {
    const audio = new AudioContext();
    void audio.resume().catch(() => undefined);
    void useOutput(audio, output);
    playTones(audio, TONES);
    const timer = setInterval(() => playTones(audio, TONES), EVERY_MS);
    await ending.promise;
    clearInterval(timer);
    await audio.close();
  };
  // Pages that are not secure have no locks.
  const playing = navigator.locks?.request(LOCK, { signal: aborter.signal }, play) ?? play();
  void playing.catch(() => undefined);
  return () => {
    aborter.abort();
    ending.resolve();
  };
}

/** Does something once a time has passed. Returns what prevents it. */
export function endAfter(ms: number, act: () => void): () => void {
  const timer = setTimeout(act, ms);
  return () => clearTimeout(timer);
}
