import type { MicrophoneTrouble } from "../store/voice.ts";
import type { VoiceChoices } from "./choices.ts";
import { levelOf } from "./gate.ts";

/** Samples that one look at the level takes: 43 ms at 48 kHz. */
const LOOK_SAMPLES = 2048;

/** What an input device is asked for. */
export function constraintsOf(choices: VoiceChoices): MediaStreamConstraints {
  return {
    audio: {
      ...(choices.input === "" ? {} : { deviceId: { ideal: choices.input } }),
      echoCancellation: choices.echoCancellation,
      noiseSuppression: choices.noiseSuppression,
      autoGainControl: choices.autoGain,
      channelCount: 1,
    },
  };
}

/** Why a microphone did not open. */
export function troubleOf(error: unknown): MicrophoneTrouble {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  return name === "NotFoundError" || name === "OverconstrainedError" ? "missing" : "busy";
}

/** An open microphone: its level is seen all the time, what is sent can be shut. */
export class Microphone {
  /** What may leave; shut until it is let through. */
  readonly sent: MediaStreamTrack;
  readonly #raw: MediaStreamTrack;
  readonly #analyser: AnalyserNode;
  readonly #source: MediaStreamAudioSourceNode;
  readonly #samples = new Float32Array(LOOK_SAMPLES);

  private constructor(audio: AudioContext, stream: MediaStream, track: MediaStreamTrack) {
    this.#raw = track;
    this.sent = track.clone();
    this.sent.enabled = false;
    this.#source = audio.createMediaStreamSource(stream);
    this.#analyser = audio.createAnalyser();
    this.#analyser.fftSize = LOOK_SAMPLES;
    this.#source.connect(this.#analyser);
  }

  /** @throws DOMException, see `troubleOf` */
  static async open(audio: AudioContext, choices: VoiceChoices): Promise<Microphone> {
    const stream = await navigator.mediaDevices.getUserMedia(constraintsOf(choices));
    const [track] = stream.getAudioTracks();
    if (!track) throw new DOMException("No sound in the stream", "NotFoundError");
    return new Microphone(audio, stream, track);
  }

  /** Calls when the device is gone. */
  onLost(act: () => void): void {
    this.#raw.onended = act;
  }

  /** dB under full scale at this moment. */
  level(): number {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    return levelOf(this.#samples);
  }

  close(): void {
    this.#raw.onended = null;
    this.#source.disconnect();
    this.#raw.stop();
    this.sent.stop();
  }
}
