import type { Clock } from "../../ports/clock.ts";
import { PICTURE_WINDOW, ReplayWindow, VOICE_WINDOW } from "./replay_window.ts";
import { utf8 } from "../bytes.ts";
import type { VoiceTrack } from "../../api/voice.ts";
import { deriveSFrameKey, openFrame, sealFrame, type SFrameKey } from "./sframe.ts";
import { decodeHeader } from "./sframe_header.ts";

/** Bits of a KID that name the epoch; those above name the sender's leaf. RFC 9605 5.2. */
const EPOCH_BITS = 8n;
/** Frames of a former epoch are still on their way for so long (ms). */
const KEEP_MS = 10_000;
/** Epochs held at a time: a call whose people come and go faster keeps the newest. */
const MAX_EPOCHS = 8;
/** A sender's counter ends here, long after every call: AES-GCM takes 2^32 frames a key. */
const MAX_COUNTER = 2 ** 32 - 1;

/** What an epoch of the call's group gives to those in it. */
export interface CallEpoch {
  readonly epoch: number;
  /** 16 bytes by the group's exporter. */
  readonly baseKey: Uint8Array<ArrayBuffer>;
  readonly ownLeaf: number;
  readonly members: readonly CallMember[];
}

export interface CallMember {
  readonly leaf: number;
  /** The certified device, as `deviceName` writes it. */
  readonly who: string;
}

/** One name for a user's device. Neither part has a space. */
export function deviceName(user: string, device: string): string {
  return `${user} ${device}`;
}

export type FrameFault =
  /** No SFrame at all, or shorter than its header says. */
  | "malformed"
  /** Of an epoch that is not known (yet), or of nobody in it. */
  | "unknown_key"
  /** Sealed by another device than the one whose place it came in. */
  | "wrong_sender"
  /** Its counter was taken already, or is too old to tell. */
  | "replayed"
  /** The key does not open it. */
  | "not_genuine";

export type OpenedFrame = { readonly plaintext: ArrayBuffer } | { readonly fault: FrameFault };

/** Of a device that sends, under one epoch's key. */
interface Sender {
  readonly key: Promise<SFrameKey>;
  readonly windows: Map<VoiceTrack, ReplayWindow>;
}

/**
 * What is authenticated with each frame of a track and not sent: no server can pass one thing off
 * as another. A voice has none.
 */
const METADATA: Readonly<Record<VoiceTrack, Uint8Array<ArrayBuffer>>> = {
  voice: new Uint8Array(),
  screen: utf8("openguild/track/1/screen"),
  screen_sound: utf8("openguild/track/1/screen_sound"),
  camera: utf8("openguild/track/1/camera"),
};

interface Held extends CallEpoch {
  /** Who is in it, without those who have left since. */
  readonly whoAt: Map<number, string>;
  readonly senders: Map<number, Sender>;
  readonly own: Promise<SFrameKey>;
  /** Next counter of this device under this epoch's key. */
  counter: number;
  /** When it may be forgotten; undefined for the epoch that is sent with and newer ones. */
  untilMs: number | undefined;
}

/**
 * The keys of one call on one device. Each epoch is a new key and a new counter for every sender;
 * an epoch that was held once is never taken again, so no counter can begin anew under its key.
 */
export class CallFrames {
  readonly #epochs = new Map<number, Held>();
  #newest = -1;
  #sending: Held | undefined;

  constructor(readonly clock: Clock) {}

  /** The epoch that frames are sealed with. */
  get epoch(): number | undefined {
    return this.#sending?.epoch;
  }

  /**
   * Learns an epoch: its frames open from now on. Those of somebody who is not in it any more
   * stop opening. The first one is sent with at once, further ones after `sendWith`.
   */
  learn(given: CallEpoch): void {
    if (given.epoch <= this.#newest) return;
    this.#forget();
    const held: Held = {
      ...given,
      whoAt: new Map(given.members.map(({ leaf, who }) => [leaf, who])),
      senders: new Map(),
      own: deriveSFrameKey(given.baseKey, kidOf(given.ownLeaf, given.epoch)),
      counter: 0,
      untilMs: undefined,
    };
    const present = new Set(given.members.map(({ who }) => who));
    for (const { whoAt } of this.#epochs.values()) {
      for (const [leaf, who] of whoAt) if (!present.has(who)) whoAt.delete(leaf);
    }
    // The same short name of an epoch must not stand for two of them.
    for (const { epoch } of this.#epochs.values()) {
      if (shortEpoch(epoch) === shortEpoch(given.epoch)) this.#epochs.delete(epoch);
    }
    this.#epochs.set(given.epoch, held);
    this.#newest = given.epoch;
    if (this.#sending === undefined) this.#sending = held;
    for (const epoch of [...this.#epochs.keys()].slice(0, -MAX_EPOCHS)) this.#epochs.delete(epoch);
  }

  /** Seals with this epoch from now on; there is no way back. */
  sendWith(epoch: number): void {
    const held = this.#epochs.get(epoch);
    if (held === undefined || (this.#sending !== undefined && epoch <= this.#sending.epoch)) return;
    this.#sending = held;
    for (const other of this.#epochs.values()) {
      if (other.epoch < epoch) other.untilMs ??= this.clock.monotonic() + KEEP_MS;
    }
  }

  /** Everything is forgotten: the call is over. Epochs that were held are still not taken again. */
  end(): void {
    this.#epochs.clear();
    this.#sending = undefined;
  }

  /** The sealed frame, or undefined where there is no key to seal with: nothing may be sent. */
  async seal(
    plaintext: BufferSource,
    track: VoiceTrack = "voice",
  ): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const held = this.#sending;
    if (held === undefined || held.counter > MAX_COUNTER) return undefined;
    // Taken before anything is awaited: two frames at once have two counters.
    const counter = held.counter++;
    return await sealFrame(await held.own, BigInt(counter), {
      plaintext,
      metadata: METADATA[track],
    });
  }

  /** Opens a frame that came in the place of this track of `who`. */
  async open(
    frame: Uint8Array<ArrayBuffer>,
    who: string | undefined,
    track: VoiceTrack = "voice",
  ): Promise<OpenedFrame> {
    this.#forget();
    const header = decodeHeader(frame);
    if (header === undefined) return { fault: "malformed" };
    const leaf = Number(header.kid >> EPOCH_BITS);
    const short = header.kid & (1n << EPOCH_BITS) - 1n;
    const held = [...this.#epochs.values()].find(({ epoch }) => shortEpoch(epoch) === short);
    const sender = held?.whoAt.get(leaf);
    if (held === undefined || sender === undefined) return { fault: "unknown_key" };
    if (sender !== who || leaf === held.ownLeaf) return { fault: "wrong_sender" };
    const { key, windows } = this.#senderOf(held, leaf);
    const window = windowOf(windows, track);
    if (!window.admits(header.ctr)) return { fault: "replayed" };
    const plaintext = await openFrame(await key, frame, METADATA[track]);
    if (plaintext === undefined) return { fault: "not_genuine" };
    return window.take(header.ctr) ? { plaintext } : { fault: "replayed" };
  }

  #senderOf(held: Held, leaf: number): Sender {
    const present = held.senders.get(leaf);
    if (present !== undefined) return present;
    const made = {
      key: deriveSFrameKey(held.baseKey, kidOf(leaf, held.epoch)),
      windows: new Map(),
    };
    held.senders.set(leaf, made);
    return made;
  }

  #forget(): void {
    const nowMs = this.clock.monotonic();
    for (const { epoch, untilMs } of this.#epochs.values()) {
      if (untilMs !== undefined && untilMs <= nowMs) this.#epochs.delete(epoch);
    }
  }
}

function windowOf(windows: Map<VoiceTrack, ReplayWindow>, track: VoiceTrack): ReplayWindow {
  const present = windows.get(track);
  if (present !== undefined) return present;
  const made = new ReplayWindow(track === "voice" ? VOICE_WINDOW : PICTURE_WINDOW);
  windows.set(track, made);
  return made;
}

function shortEpoch(epoch: number): bigint {
  return BigInt(epoch) & (1n << EPOCH_BITS) - 1n;
}

function kidOf(leaf: number, epoch: number): bigint {
  return BigInt(leaf) << EPOCH_BITS | shortEpoch(epoch);
}
