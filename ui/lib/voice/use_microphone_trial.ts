import { useEffect, useRef, useState } from "preact/hooks";
import type { MicrophoneTrouble } from "../store/voice.ts";
import type { VoiceChoices } from "./choices.ts";
import { Microphone, troubleOf } from "./microphone.ts";
import { watchOutput } from "./output.ts";
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
  /** No sound output could be opened: neither the level nor a sound can be had. */
  readonly soundless: boolean;
  /** Something was tried since the page came. */
  readonly tried: boolean;
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
  const [soundless, setSoundless] = useState(false);
  const [tried, setTried] = useState(false);
  const element = useRef<HTMLAudioElement | undefined>(undefined);
  const before = useRef(choices);
  if (differs(before.current, choices)) before.current = choices;
  const microphoneChoices = before.current;
  useEffect(() => {
    if (!running) return;
    const audio = new AudioContext();
    const unwatch = watchOutput(audio, (plays) => setSoundless(!plays));
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
      unwatch();
      clearInterval(timer);
      if (element.current) element.current.srcObject = null;
      element.current = undefined;
      microphone?.close();
      void audio.close();
      setLevelDb(SILENCE_DB);
    };
  }, [running, microphoneChoices]);
  useEffect(() => playOrPause(element.current, playback), [playback, running]);
  return {
    running,
    levelDb,
    playback,
    trouble,
    soundless,
    tried,
    toggle: () => {
      setTried(true);
      setRunning(!running);
    },
    setPlayback,
    playTone: async () => {
      setTried(true);
      setSoundless(!await playTone(choices.output));
    },
  };
}

function playOrPause(element: HTMLAudioElement | undefined, playback: boolean): void {
  if (playback) void element?.play().catch(() => undefined);
  else element?.pause();
}

/** Plays a sound on an output; answers whether there is one that plays. */
async function playTone(output: string): Promise<boolean> {
  const audio = new AudioContext();
  await useOutput(audio, output);
  playCallSound(audio, "joined");
  const told = Promise.withResolvers<boolean>();
  const unwatch = watchOutput(audio, told.resolve);
  const plays = await told.promise;
  unwatch();
  setTimeout(() => void audio.close(), TONE_MS);
  return plays;
}
