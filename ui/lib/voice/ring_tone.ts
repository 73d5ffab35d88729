import { useOutput } from "./voices.ts";

/** Two soft tones, then a pause; made here: nothing is fetched. Hz and seconds after the beginning. */
const TONES = [[587, 0], [784, 0.22]] as const;
const LENGTH_S = 0.7;
const LOUDNESS = 0.1;
const EVERY_MS = 2500;
/** Only one of the browser's tabs rings. */
const LOCK = "og-ring";

/** Rings until it is ended. Silent where the browser wants a click first. */
export function startRinging(output: string): () => void {
  const ending = Promise.withResolvers<void>();
  // Refused where it was ended before it began.
  const aborter = new AbortController();
  void navigator.locks.request(LOCK, { signal: aborter.signal }, async () => {
    const audio = new AudioContext();
    void audio.resume().catch(() => undefined);
    void useOutput(audio, output);
    play(audio);
    const timer = setInterval(() => play(audio), EVERY_MS);
    await ending.promise;
    clearInterval(timer);
    await audio.close();
  }).catch(() => undefined);
  return () => {
    aborter.abort();
    ending.resolve();
  };
}

function play(audio: AudioContext): void {
  const begin = audio.currentTime;
  for (const [hz, after] of TONES) {
    const tone = audio.createOscillator();
    const gain = audio.createGain();
    tone.frequency.value = hz;
    gain.gain.setValueAtTime(0, begin + after);
    gain.gain.linearRampToValueAtTime(LOUDNESS, begin + after + 0.04);
    gain.gain.exponentialRampToValueAtTime(0.0005, begin + after + LENGTH_S);
    tone.connect(gain).connect(audio.destination);
    tone.start(begin + after);
    tone.stop(begin + after + LENGTH_S);
  }
}

/** Does something once a time has passed. Returns what prevents it. */
export function endAfter(ms: number, act: () => void): () => void {
  const timer = setTimeout(act, ms);
  return () => clearTimeout(timer);
}
