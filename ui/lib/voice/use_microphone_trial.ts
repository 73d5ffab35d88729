import { useEffect, useRef, useState } from "preact/hooks";
import type { MicrophoneTrouble } from "../store/voice.ts";
import type { VoiceChoices } from "./choices.ts";
import { Microphone, troubleOf } from "./microphone.ts";
import { playCallSound } from "./sounds.ts";
import { differs } from "./speech.ts";
import { useOutput } from "./voices.ts";

const LOOK_MS = 50;
const SILENCE_DB = -100;
/** Long enough for the sound that tries a loudspeaker (ms). */
const TONE_MS = 800;

export interface MicrophoneTrial {
  readonly running: boolean;
  readonly levelDb: number;
  readonly playback: boolean;
  readonly trouble: MicrophoneTrouble | undefined;
  toggle(): void;
  setPlayback(on: boolean): void;
  /** Plays a sound on the chosen loudspeaker. */
  playTone(): Promise<void>;
}

/** Tries the microphone and the loudspeaker as they are chosen. */
export function useMicrophoneTrial(
  choices: VoiceChoices,
  opened: () => Promise<void>,
): MicrophoneTrial {
  const [running, setRunning] = useState(false);
  const [levelDb, setLevelDb] = useState(SILENCE_DB);
  const [playback, setPlayback] = useState(false);
  const [trouble, setTrouble] = useState<MicrophoneTrouble | undefined>(undefined);
  const element = useRef<HTMLAudioElement | undefined>(undefined);
  const before = useRef(choices);
  if (differs(before.current, choices)) before.current = choices;
  const microphoneChoices = before.current;
  useEffect(() => {
    if (!running) return;
    const audio = new AudioContext();
    let microphone: Microphone | undefined;
    let timer: ReturnType<typeof setInterval> | undefined;
    let over = false;
    const begin = async () => {
      try {
        const made = await Microphone.open(audio, microphoneChoices);
        if (over) return made.close();
        microphone = made;
        made.sent.enabled = true;
        element.current = new Audio();
        element.current.srcObject = new MediaStream([made.sent]);
        timer = setInterval(() => setLevelDb(made.level()), LOOK_MS);
        await opened();
      } catch (error) {
        setTrouble(troubleOf(error));
        setRunning(false);
      }
    };
    setTrouble(undefined);
    void begin();
    return () => {
      over = true;
      clearInterval(timer);
      if (element.current) element.current.srcObject = null;
      element.current = undefined;
      microphone?.close();
      void audio.close();
      setLevelDb(SILENCE_DB);
    };
  }, [running, microphoneChoices]);
  useEffect(() => {
    const played = element.current;
    if (!played) return;
    if (playback) void played.play().catch(() => undefined);
    else played.pause();
  }, [playback, running]);
  return {
    running,
    levelDb,
    playback,
    trouble,
    toggle: () => setRunning(!running),
    setPlayback,
    playTone: async () => {
      const audio = new AudioContext();
      await useOutput(audio, choices.output);
      playCallSound(audio, "joined");
      setTimeout(() => void audio.close(), TONE_MS);
    },
  };
}
