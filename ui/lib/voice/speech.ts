import type { MicrophoneTrouble } from "../store/voice.ts";
import type { VoiceChoices } from "./choices.ts";
import { Gate, TAIL_MS } from "./gate.ts";
import { Microphone, troubleOf } from "./microphone.ts";

/** How often the microphone's level is looked at (ms). */
const LOOK_MS = 30;
/** Where no output lets the level be seen: nobody is kept silent for that (dB under full scale). */
const UNKNOWN_DB = 0;

export interface SpeechEvents {
  /** Neither muted nor deafened, nor kept from speaking. */
  allowed(): boolean;
  pushToTalk(): boolean;
  talking(talking: boolean): void;
  trouble(trouble: MicrophoneTrouble | undefined): void;
  /** What is to be sent from now on. */
  track(track: MediaStreamTrack): void;
  /** Whether anything may leave at all. */
  open(open: boolean): void;
}

/** What this person says: the microphone, and when it is let through. */
export class Speech {
  readonly #gate = new Gate();
  #microphone: Microphone | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #pushed = false;
  #talking = false;
  #shutMs = 0;
  #open = false;
  #ended = false;

  constructor(readonly audio: AudioContext, readonly events: SpeechEvents) {}

  get track(): MediaStreamTrack | null {
    return this.#microphone?.sent ?? null;
  }

  /** Opens the microphone that was chosen, in place of the one before. */
  async openMicrophone(choices: VoiceChoices): Promise<void> {
    try {
      const microphone = await Microphone.open(this.audio, choices);
      if (this.#ended) return microphone.close();
      this.#microphone?.close();
      this.#microphone = microphone;
      microphone.onLost(() => this.events.trouble("missing"));
      this.events.trouble(undefined);
      this.events.track(microphone.sent);
    } catch (error) {
      this.events.trouble(troubleOf(error));
    }
  }

  begin(choices: () => VoiceChoices): void {
    const look = () => this.look(choices().thresholdDb);
    // What was said of it before there was a connection has reached nobody.
    this.#open = false;
    this.#timer ??= setInterval(look, LOOK_MS);
  }

  push(held: boolean): void {
    this.#pushed = held;
  }

  /** Opens or shuts the microphone as it is right now. */
  look(thresholdDb: number): void {
    const microphone = this.#microphone;
    const nowMs = performance.now();
    const talking = microphone !== undefined && this.#gate.next({
      nowMs,
      levelDb: this.audio.state === "running" ? microphone.level() : UNKNOWN_DB,
      thresholdDb,
      pushToTalk: this.events.pushToTalk(),
      pushed: this.#pushed,
      allowed: this.events.allowed(),
    });
    if (microphone) microphone.sent.enabled = talking;
    // Silence goes out before nothing does: else the last sound would be drawn out.
    if (talking) this.#shutMs = nowMs + TAIL_MS;
    const open = nowMs < this.#shutMs;
    if (open !== this.#open) this.events.open(this.#open = open);
    if (talking !== this.#talking) this.events.talking(this.#talking = talking);
  }

  end(): void {
    this.#ended = true;
    clearInterval(this.#timer);
    this.#microphone?.close();
  }
}

/** Whether another microphone, or the same one otherwise, must be opened. */
export function differs(a: VoiceChoices, b: VoiceChoices): boolean {
  return a.input !== b.input || a.noiseSuppression !== b.noiseSuppression ||
    a.echoCancellation !== b.echoCancellation || a.autoGain !== b.autoGain;
}
