import type { VoiceOffer, VoiceTrack } from "../../../core/api/voice.ts";
import { workerUrl } from "../browser/worker_urls.ts";
import { type Blank, blankOf } from "./blank.ts";
import type { FromFrames, ToFrames, TransformOptions } from "./frame_words.ts";

interface TransformConstructor {
  new (worker: Worker, options: TransformOptions): object;
}
type Transforming = { transform: object | null };

function transformOf(): TransformConstructor | undefined {
  return (globalThis as { RTCRtpScriptTransform?: TransformConstructor }).RTCRtpScriptTransform;
}

/** Whether this browser lets a worker stand between its encoder and the network. */
export function canTransform(): boolean {
  return transformOf() !== undefined && "RTCPeerConnection" in globalThis;
}

/** Something that this device shows. */
interface Shown {
  readonly sender: RTCRtpSender;
  /** What is shown, once it is known that it leaves sealed. */
  wanted: MediaStreamTrack | null;
  /** What is sent before that. */
  blank: Blank | undefined;
}

export interface ConnectionEvents {
  /** A voice, or something shown, can come in this place from now on. */
  track(mid: string, track: MediaStreamTrack): void;
  /** Nothing comes in this place any more. */
  gone(mid: string): void;
  state(state: RTCPeerConnectionState): void;
  frames(said: Exclude<FromFrames, { kind: "seals" }>): void;
}

/**
 * The way of the voices: one peer connection with the server, which always offers. Everything
 * that leaves or arrives goes through the worker; a track without it is never handed on.
 */
export class Connection {
  readonly #pc = new RTCPeerConnection({ iceServers: [], bundlePolicy: "max-bundle" });
  readonly #worker: Worker;
  readonly #transform: TransformConstructor;
  readonly #transformed = new WeakSet<object>();
  /** What of it comes by which place, as the last offer says. */
  #names: ReadonlyMap<string, VoiceTrack> = new Map();
  readonly #shown = new Map<VoiceTrack, Shown>();

  constructor(readonly events: ConnectionEvents) {
    const url = document.querySelector<HTMLMetaElement>("meta[name=og-voice]")?.content;
    const transform = transformOf();
    if (!url || !transform) throw new Error("This page does not name the script of calls.");
    this.#transform = transform;
    this.#worker = new Worker(workerUrl(url), { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<FromFrames>) => {
      if (data.kind === "seals") this.#prove(data.track);
      else events.frames(data);
    };
    this.#pc.onconnectionstatechange = () => events.state(this.#pc.connectionState);
    this.#pc.ontrack = ({ receiver, transceiver, track }) => {
      const { mid } = transceiver;
      if (mid === null) return;
      // Before anything else: what is played without it is noise.
      this.#attach(receiver, { side: "receive", mid, track: this.#names.get(mid) ?? "voice" });
      track.onended = () => events.gone(mid);
      events.track(mid, track);
    };
  }

  get state(): RTCPeerConnectionState {
    return this.#pc.connectionState;
  }

  tell(words: ToFrames): void {
    this.#worker.postMessage(words);
  }

  /**
   * Takes an offer of the server. `microphone` is asked only when the sender is there: one that
   * opens while the offer is taken in comes too early for `send`, and too late for a value. So it is
   * with what is shown.
   * @returns the answer to it
   */
  async answer(
    { sdp, mids, sends }: VoiceOffer,
    microphone: () => MediaStreamTrack | null,
    shown: (name: VoiceTrack) => MediaStreamTrack | null,
  ): Promise<string> {
    this.#names = new Map(mids.map(({ mid, track }) => [mid, track]));
    await this.#pc.setRemoteDescription({ type: "offer", sdp });
    const [own, ...places] = this.#pc.getTransceivers();
    if (!own) throw new Error("The server's offer has no place for the microphone.");
    own.direction = "sendonly";
    this.#attach(own.sender, { side: "send", track: "voice" });
    for (const { mid, track } of sends) {
      const place = places.find((each) => each.mid === mid);
      if (!place) continue;
      place.direction = "sendonly";
      this.#begin(track, place.sender, shown);
    }
    await own.sender.replaceTrack(microphone());
    await this.#pc.setLocalDescription();
    return this.#pc.localDescription?.sdp ?? "";
  }

  /** What is sent from now on; null: nothing. Before the first answer `answer` asks for it. */
  async send(track: MediaStreamTrack | null): Promise<void> {
    const [own] = this.#pc.getTransceivers();
    if (own && this.#transformed.has(own.sender)) await own.sender.replaceTrack(track);
  }

  /** The same of something shown. */
  async show(name: VoiceTrack, track: MediaStreamTrack | null): Promise<void> {
    const shown = this.#shown.get(name);
    if (!shown) return;
    shown.wanted = track;
    if (shown.blank === undefined) await shown.sender.replaceTrack(track);
  }

  /**
   * The first time that a track is to be sent. Browsers differ in what they let pass their transforms
   * by, and say nothing: Chromium (to 156 at least) does so with a sender that has none by the end of
   * the turn in which it was made. So what is sent first is blank, until the worker has sealed some
   * of it.
   */
  #begin(
    name: VoiceTrack,
    sender: RTCRtpSender,
    shown: (name: VoiceTrack) => MediaStreamTrack | null,
  ): void {
    if (this.#shown.has(name)) return;
    this.#attach(sender, { side: "send", track: name });
    const blank = blankOf(name === "screen_sound" ? "audio" : "video");
    this.#shown.set(name, { sender, wanted: shown(name), blank });
    void sender.replaceTrack(blank.track).catch(() => undefined);
  }

  #prove(name: VoiceTrack): void {
    const shown = this.#shown.get(name);
    if (shown?.blank === undefined) return;
    const { blank, sender, wanted } = shown;
    shown.blank = undefined;
    void sender.replaceTrack(wanted).catch(() => undefined).finally(() => blank.end());
  }

  stats(): Promise<RTCStatsReport> {
    return this.#pc.getStats();
  }

  close(): void {
    this.#pc.ontrack = null;
    this.#pc.onconnectionstatechange = null;
    this.#pc.close();
    for (const { blank } of this.#shown.values()) blank?.end();
    this.#worker.terminate();
  }

  #attach(end: RTCRtpSender | RTCRtpReceiver, options: TransformOptions): void {
    if (this.#transformed.has(end)) return;
    this.#transformed.add(end);
    (end as unknown as Transforming).transform = new this.#transform(this.#worker, options);
  }
}
