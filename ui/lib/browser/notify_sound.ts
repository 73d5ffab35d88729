/** Two short tones, made here: nothing is fetched. Hz and seconds after the beginning. */
const TONES = [[660, 0], [880, 0.09]] as const;
const LENGTH_S = 0.22;
const LOUDNESS = 0.12;

let audio: AudioContext | undefined;

/** Plays the sound of a notification; silent where the browser wants a click first. */
export function playSound(): void {
  audio ??= new AudioContext();
  void audio.resume().catch(() => undefined); // Not allowed before a click: then there is no sound.
  const begin = audio.currentTime;
  for (const [frequency, after] of TONES) {
    const tone = audio.createOscillator();
    const gain = audio.createGain();
    tone.frequency.value = frequency;
    gain.gain.setValueAtTime(LOUDNESS, begin + after);
    gain.gain.exponentialRampToValueAtTime(0.001, begin + after + LENGTH_S);
    tone.connect(gain).connect(audio.destination);
    tone.start(begin + after);
    tone.stop(begin + after + LENGTH_S);
  }
}
