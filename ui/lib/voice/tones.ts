export interface Tones {
  /** Hz, and seconds after the beginning. */
  readonly notes: readonly (readonly [hz: number, after: number])[];
  /** Seconds that each one lasts, and until it is at its loudest. */
  readonly length: number;
  readonly attack: number;
  /** Gain, at most 1. */
  readonly loudness: number;
}

/** Plays tones that are made here: nothing is fetched. */
export function playTones(audio: AudioContext, { notes, length, attack, loudness }: Tones): void {
  const begin = audio.currentTime;
  for (const [hz, after] of notes) {
    const tone = audio.createOscillator();
    const gain = audio.createGain();
    tone.frequency.value = hz;
    gain.gain.setValueAtTime(0, begin + after);
    gain.gain.linearRampToValueAtTime(loudness, begin + after + attack);
    gain.gain.exponentialRampToValueAtTime(0.0005, begin + after + length);
    tone.connect(gain).connect(audio.destination);
    tone.start(begin + after);
    tone.stop(begin + after + length);
  }
}
