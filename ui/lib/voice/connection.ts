import type { VoiceOffer } from "../../../core/api/voice.ts";
import { workerUrl } from "../browser/worker_urls.ts";
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

export interface ConnectionEvents {
  /** A voice can come in this place from now on. */
  track(mid: string, track: MediaStreamTrack): void;
  state(state: RTCPeerConnectionState): void;
  frames(said: FromFrames): void;
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

  constructor(readonly events: ConnectionEvents) {
    const url = document.querySelector<HTMLMetaElement>("meta[name=og-voice]")?.content;
    const transform = transformOf();
    if (!url || !transform) throw new Error("This page does not name the script of calls.");
    this.#transform = transform;
    this.#worker = new Worker(workerUrl(url), { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<FromFrames>) => events.frames(data);
    this.#pc.onconnectionstatechange = () => events.state(this.#pc.connectionState);
    this.#pc.ontrack = ({ receiver, transceiver, track }) => {
      const { mid } = transceiver;
      if (mid === null) return;
      // Before anything else: what is played without it is noise.
      this.#attach(receiver, { side: "receive", mid });
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
   * opens while the offer is taken in comes too early for `send`, and too late for a value.
   * @returns the answer to it
   */
  async answer(
    { sdp }: VoiceOffer,
    microphone: () => MediaStreamTrack | null,
  ): Promise<string> {
    await this.#pc.setRemoteDescription({ type: "offer", sdp });
    const [own] = this.#pc.getTransceivers();
    if (!own) throw new Error("The server's offer has no place for the microphone.");
    own.direction = "sendonly";
    this.#attach(own.sender, { side: "send" });
    await own.sender.replaceTrack(microphone());
    await this.#pc.setLocalDescription();
    return this.#pc.localDescription?.sdp ?? "";
  }

  /** What is sent from now on; null: nothing. Before the first answer `answer` asks for it. */
  async send(track: MediaStreamTrack | null): Promise<void> {
    const [own] = this.#pc.getTransceivers();
    if (own && this.#transformed.has(own.sender)) await own.sender.replaceTrack(track);
  }

  stats(): Promise<RTCStatsReport> {
    return this.#pc.getStats();
  }

  close(): void {
    this.#pc.ontrack = null;
    this.#pc.onconnectionstatechange = null;
    this.#pc.close();
    this.#worker.terminate();
  }

  #attach(end: RTCRtpSender | RTCRtpReceiver, options: TransformOptions): void {
    if (this.#transformed.has(end)) return;
    this.#transformed.add(end);
    (end as unknown as Transforming).transform = new this.#transform(this.#worker, options);
  }
}
