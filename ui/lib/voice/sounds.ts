/** Tones of each sound, made here: nothing is fetched. Hz and seconds after the beginning. */
const SOUNDS = {
  joined: [[523, 0], [784, 0.08]],
  left: [[784, 0], [523, 0.08]],
  muted: [[330, 0]],
  unmuted: [[440, 0]],
  deafened: [[330, 0], [247, 0.07]],
  undeafened: [[330, 0], [440, 0.07]],
} as const satisfies Readonly<Record<string, readonly (readonly [hz: number, after: number])[]>>;

export type CallSound = keyof typeof SOUNDS;

const LENGTH_S = 0.16;
const LOUDNESS = 0.08;

export function playCallSound(audio: AudioContext, sound: CallSound): void {
  const begin = audio.currentTime;
  for (const [hz, after] of SOUNDS[sound]) {
    const tone = audio.createOscillator();
    const gain = audio.createGain();
    tone.frequency.value = hz;
    gain.gain.setValueAtTime(0, begin + after);
    gain.gain.linearRampToValueAtTime(LOUDNESS, begin + after + 0.01);
    gain.gain.exponentialRampToValueAtTime(0.0005, begin + after + LENGTH_S);
    tone.connect(gain).connect(audio.destination);
    tone.start(begin + after);
    tone.stop(begin + after + LENGTH_S);
  }
}
