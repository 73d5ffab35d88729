/** Setting a loudness takes so long (s): a jump would click. */
const RAMP_S = 0.02;
/** How loud others are while somebody speaks with priority, as a part of what was chosen. */
const YIELDING = 0.2;

interface Voice {
  readonly element: HTMLAudioElement;
  readonly source: MediaStreamAudioSourceNode;
  readonly gain: GainNode;
  /** Whose it is; nobody is heard before a first frame was genuine. */
  user: string | undefined;
}

interface SinkContext extends AudioContext {
  setSinkId?(id: string): Promise<void>;
}

/** What comes out of the loudspeaker: each voice as loud as it was chosen. */
export class Voices {
  readonly #voices = new Map<string, Voice>();
  #deaf = false;
  /** Who speaks with priority at this moment. */
  #first: ReadonlySet<string> = new Set();
  #volumes: Readonly<Record<string, number>> = {};

  constructor(readonly audio: AudioContext) {}

  add(mid: string, track: MediaStreamTrack): void {
    if (this.#voices.has(mid)) return;
    const stream = new MediaStream([track]);
    // Chromium feeds a remote stream into Web Audio only while an element takes it as well.
    const element = new Audio();
    element.muted = true;
    element.srcObject = stream;
    void element.play().catch(() => undefined);
    const source = this.audio.createMediaStreamSource(stream);
    const gain = this.audio.createGain();
    gain.gain.value = 0;
    source.connect(gain).connect(this.audio.destination);
    this.#voices.set(mid, { element, source, gain, user: undefined });
  }

  remove(mid: string): void {
    const voice = this.#voices.get(mid);
    if (voice === undefined) return;
    this.#voices.delete(mid);
    silence(voice);
  }

  /** Whose voice is in which place; a place that changes hands is silent until it is proven. */
  assign(users: ReadonlyMap<string, string>): void {
    for (const [mid, voice] of this.#voices) {
      if (voice.user === undefined || users.get(mid) === voice.user) continue;
      voice.user = undefined;
      this.#set(voice);
    }
  }

  /** A frame of this user was genuine. */
  prove(mid: string, user: string): void {
    const voice = this.#voices.get(mid);
    if (!voice) return;
    voice.user = user;
    this.#set(voice);
  }

  deafen(deaf: boolean): void {
    this.#deaf = deaf;
    for (const voice of this.#voices.values()) this.#set(voice);
  }

  /** These speak with priority now: everybody else is turned down meanwhile. */
  yieldTo(users: ReadonlySet<string>): void {
    if (users.size === 0 && this.#first.size === 0) return;
    this.#first = users;
    for (const voice of this.#voices.values()) this.#set(voice);
  }

  setVolumes(volumes: Readonly<Record<string, number>>): void {
    this.#volumes = volumes;
    for (const voice of this.#voices.values()) this.#set(voice);
  }

  close(): void {
    for (const voice of this.#voices.values()) silence(voice);
    this.#voices.clear();
  }

  #set({ gain, user }: Voice): void {
    const chosen = user === undefined || this.#deaf ? 0 : (this.#volumes[user] ?? 100) / 100;
    const yields = user !== undefined && this.#first.size > 0 && !this.#first.has(user);
    const loudness = yields ? chosen * YIELDING : chosen;
    gain.gain.setTargetAtTime(loudness, this.audio.currentTime, RAMP_S);
  }
}

function silence({ element, source, gain }: Voice): void {
  element.srcObject = null;
  source.disconnect();
  gain.disconnect();
}

/** Whether sound can be sent to a chosen output. */
export function canChooseOutput(): boolean {
  return "AudioContext" in globalThis && "setSinkId" in AudioContext.prototype;
}

/** Sends sound to this output; the system's where it is gone or cannot be chosen. */
export async function useOutput(audio: AudioContext, id: string): Promise<void> {
  const sink = audio as SinkContext;
  await sink.setSinkId?.(id).catch(() => sink.setSinkId?.(""));
}
