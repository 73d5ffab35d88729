import type {
  VoiceOffer,
  VoiceParticipant,
  VoiceSource,
  VoiceTrack,
  VoiceWatch,
} from "../../../core/api/voice.ts";
import type { CallInput } from "../api/types.ts";
import { reasonOf } from "../browser/browser_api.ts";
import { t } from "../i18n/t.ts";
import type { CallShown, Picture } from "../store/voice.ts";
import { capture, troubleOf } from "./capture.ts";

/** As many as the server sends to one device (`VOICE_LIMITS.watches`); the oldest makes room. */
const MAX_WATCHES = 8;

/** One name for what somebody shows. */
export const showKey = ({ session, source }: VoiceWatch) => `${session} ${source}`;
/** Under which the loudness of the sound of somebody's screen is kept, beside that of the voice. */
export const soundKey = (userId: string) => `${userId} screen`;

export interface ShowEvents {
  /** Asks the server. Rejects as the API does. */
  update(body: NonNullable<CallInput<"updateVoice">["body"]>): Promise<void>;
  /** What is sent of a track from now on. */
  send(name: VoiceTrack, track: MediaStreamTrack | null): void;
  shown(change: Pick<CallShown, "pictures"> | Pick<CallShown, "watches">): void;
  trouble(text: string): void;
}

/** Something that this device shows. */
interface Capture {
  readonly stream: MediaStream;
  /** The server has told that it is shown; before that it does not count as ended by others. */
  isSeen: boolean;
}

interface Place extends VoiceWatch {
  readonly hasSound: boolean;
}

/** What this device shows in a call, and what it watches. */
export class Show {
  readonly #events: ShowEvents;
  readonly #captures = new Map<VoiceSource, Capture>();
  /** Pictures of others, by their place in the connection. */
  readonly #streams = new Map<string, MediaStream>();
  /** What is in which place; and where a frame was genuine since. */
  #places: ReadonlyMap<string, Place> = new Map();
  readonly #proven = new Map<string, string>();
  #watches: readonly VoiceWatch[] = [];
  #session: string | undefined;
  /** The server may hold something else to be shown than is: it could not be told. */
  #isUntold = false;
  #isOver = false;

  constructor(events: ShowEvents) {
    this.#events = events;
  }

  /** What is sent of one of the own tracks now. */
  own(name: VoiceTrack): MediaStreamTrack | null {
    const stream = this.#captures.get(name === "camera" ? "camera" : "screen")?.stream;
    const tracks = name === "screen_sound" ? stream?.getAudioTracks() : stream?.getVideoTracks();
    return tracks?.[0] ?? null;
  }

  /** Shows it, after the person has chosen in the browser what; or ends it. */
  async toggle(source: VoiceSource): Promise<void> {
    if (this.#captures.has(source)) return this.#stop(source, true);
    let stream: MediaStream;
    try {
      stream = await capture(source);
    } catch (error) {
      return this.#events.trouble(t(`show.trouble.${source}.${troubleOf(error)}`));
    }
    if (this.#isOver || this.#captures.has(source)) return stopAll(stream);
    const taken: Capture = { stream, isSeen: false };
    this.#captures.set(source, taken);
    // The browser has a button of its own for it.
    for (const track of stream.getVideoTracks()) track.onended = () => this.#stop(source, true);
    this.#sendAll(source);
    this.#tell();
    try {
      await this.#tellShown();
    } catch (error) {
      if (this.#captures.get(source) !== taken) return;
      this.#stop(source, false);
      this.#events.trouble(reasonOf(error));
    }
  }

  /** Watches what somebody shows, or not any more. */
  watch(wanted: VoiceWatch): void {
    const others = this.#watches.filter((each) => showKey(each) !== showKey(wanted));
    const isNew = others.length === this.#watches.length;
    this.#setWatches(isNew ? [...others, wanted].slice(-MAX_WATCHES) : others);
  }

  /** A picture can come in this place. */
  add(mid: string, track: MediaStreamTrack): void {
    this.#streams.set(mid, new MediaStream([track]));
    this.#tell();
  }

  /** No picture comes in this place any more. */
  remove(mid: string): void {
    if (this.#streams.delete(mid)) this.#tell();
  }

  /** A frame in this place was genuine. */
  prove(mid: string): void {
    const place = this.#places.get(mid);
    if (place !== undefined) this.#proven.set(mid, showKey(place));
    this.#tell();
  }

  /** What is in which place now, and what everybody shows. */
  place(
    mids: VoiceOffer["mids"],
    people: ReadonlyMap<string, VoiceParticipant>,
    session: string | undefined,
  ): void {
    this.#session = session;
    const own = session === undefined ? undefined : people.get(session);
    for (const [source, taken] of [...this.#captures]) {
      const isShown = own?.shows.includes(source) === true;
      if (isShown) taken.isSeen = true;
      if (isShown || !taken.isSeen || own === undefined) continue;
      this.#stop(source, false);
      this.#events.trouble(t("show.ended"));
    }
    this.#places = new Map(
      mids.flatMap(({ mid, participant, track }) =>
        track === "voice" ? [] : [[mid, {
          session: participant,
          source: track === "camera" ? "camera" as const : "screen" as const,
          hasSound: track === "screen_sound",
        }]]
      ),
    );
    for (const [mid, key] of this.#proven) {
      const place = this.#places.get(mid);
      if (place === undefined || showKey(place) !== key) this.#proven.delete(mid);
    }
    const left = this.#watches.filter(({ session: of, source }) =>
      people.get(of)?.shows.includes(source)
    );
    if (left.length < this.#watches.length) this.#setWatches(left);
    if (this.#isUntold && !this.#isOver) this.#tellShown().catch(() => undefined);
    this.#tell();
  }

  end(): void {
    this.#isOver = true;
    for (const { stream } of this.#captures.values()) stopAll(stream);
    this.#captures.clear();
  }

  #stop(source: VoiceSource, says: boolean): void {
    const stopped = this.#captures.get(source);
    if (stopped === undefined) return;
    this.#captures.delete(source);
    stopAll(stopped.stream);
    this.#sendAll(source);
    this.#tell();
    if (!says || this.#isOver) return;
    // Nothing leaves this browser all the same; the server hears of it later.
    this.#tellShown().catch(() => undefined);
  }

  /**
   * Tells the server what is shown; where that fails, again with the next `place`, which comes with
   * any change of the call and once the server is reached again.
   * @throws as `ShowEvents.update` rejects
   */
  async #tellShown(): Promise<void> {
    this.#isUntold = false;
    try {
      await this.#events.update({ shows: [...this.#captures.keys()] });
    } catch (error) {
      this.#isUntold = true;
      throw error;
    }
  }

  #sendAll(source: VoiceSource): void {
    this.#events.send(source, this.own(source));
    if (source === "screen") this.#events.send("screen_sound", this.own("screen_sound"));
  }

  #setWatches(watches: readonly VoiceWatch[]): void {
    const before = this.#watches;
    this.#watches = watches;
    this.#events.shown({ watches });
    this.#events.update({ watches: [...watches] }).catch((error) => {
      if (this.#isOver || this.#watches !== watches) return;
      this.#watches = before;
      this.#events.shown({ watches: before });
      this.#events.trouble(reasonOf(error));
    });
  }

  #tell(): void {
    const pictures = new Map<string, Picture>();
    for (const [source, { stream }] of this.#captures) {
      if (this.#session === undefined) continue;
      // Without its sound: nobody hears the own one twice.
      const seen = new MediaStream(stream.getVideoTracks());
      const key = showKey({ session: this.#session, source });
      pictures.set(key, { stream: seen, isProven: true, hasSound: false });
    }
    const sounds = new Set(
      [...this.#places].filter(([mid, { hasSound }]) => hasSound && this.#proven.has(mid))
        .map(([, place]) => showKey(place)),
    );
    for (const [mid, place] of this.#places) {
      const stream = this.#streams.get(mid);
      if (stream === undefined || place.hasSound) continue;
      const key = showKey(place);
      pictures.set(key, { stream, isProven: this.#proven.has(mid), hasSound: sounds.has(key) });
    }
    this.#events.shown({ pictures });
  }
}

function stopAll(stream: MediaStream): void {
  for (const track of stream.getTracks()) {
    track.onended = null;
    track.stop();
  }
}
