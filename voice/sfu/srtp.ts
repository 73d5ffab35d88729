import { Buffer } from "node:buffer";
import { createCipheriv } from "node:crypto";
import { limits } from "../../core/limits.ts";
import type { Aead } from "./engine.ts";
import { ReplayWindow } from "./replay_window.ts";
import { headerLength, RTP_HEADER, sequenceOf, streamOf } from "./rtp.ts";

/** SRTP and SRTCP with AEAD_AES_128_GCM (RFC 7714), synchronous. No other profile is offered. */

export const KEY_BYTES = 16;
export const SALT_BYTES = 12;
export const TAG_BYTES = 16;
const RTCP_HEADER = 8;
/** The index of SRTCP, with the bit that says "encrypted". */
const INDEX_BYTES = 4;
const ENCRYPTED = 0x8000_0000;
/** An index of SRTP has 48 bits, one of SRTCP 31: before they end, a session must. */
const MAX_RTCP_INDEX = 0x7fff_ffff;

/** What DTLS agreed on for one direction. */
export interface MasterKey {
  readonly key: Uint8Array;
  readonly salt: Uint8Array;
}

export interface SessionKey {
  readonly key: Buffer;
  readonly salt: Buffer;
}

export const label = { rtpKey: 0, rtpSalt: 2, rtcpKey: 3, rtcpSalt: 5 } as const;

/** RFC 3711, 4.3, with a salt of 96 bits (RFC 7714, 11). */
export function derive(master: MasterKey, which: number, length: number): Buffer {
  const counter = Buffer.alloc(16);
  counter.set(master.salt);
  counter.writeUInt8(counter.readUInt8(7) ^ which, 7);
  return createCipheriv("aes-128-ctr", master.key, counter).update(Buffer.alloc(length));
}

/** The keys of one direction, voice and reports. */
export interface SessionKeys {
  readonly rtp: SessionKey;
  readonly rtcp: SessionKey;
}

export const deriveKeys = (master: MasterKey): SessionKeys => ({
  rtp: {
    key: derive(master, label.rtpKey, KEY_BYTES),
    salt: derive(master, label.rtpSalt, SALT_BYTES),
  },
  rtcp: {
    key: derive(master, label.rtcpKey, KEY_BYTES),
    salt: derive(master, label.rtcpSalt, SALT_BYTES),
  },
});

/** RFC 7714, 8.1: two zero bytes, SSRC, rollover counter, sequence number, all under the salt. */
function writeNonce(nonce: Buffer, salt: Buffer, stream: number, index: number): void {
  nonce.writeUInt16BE(salt.readUInt16BE(0), 0);
  nonce.writeUInt32BE((salt.readUInt32BE(2) ^ stream) >>> 0, 2);
  nonce.writeUInt32BE((salt.readUInt32BE(6) ^ Math.floor(index / 0x1_0000)) >>> 0, 6);
  nonce.writeUInt16BE(salt.readUInt16BE(10) ^ (index & 0xffff), 10);
}

/** RFC 7714, 9.1: the index of SRTCP stands where the rollover counter's low half and number do. */
function writeRtcpNonce(nonce: Buffer, salt: Buffer, stream: number, index: number): void {
  nonce.writeUInt16BE(salt.readUInt16BE(0), 0);
  nonce.writeUInt32BE((salt.readUInt32BE(2) ^ stream) >>> 0, 2);
  nonce.writeUInt16BE(salt.readUInt16BE(6), 6);
  nonce.writeUInt32BE((salt.readUInt32BE(8) ^ index) >>> 0, 8);
}

/** A packet that proved genuine and new. Its payload is there until the next one is opened. */
export interface OpenedRtp {
  readonly payload: Buffer;
  /** Rollover counter * 65,536 + sequence number. */
  readonly index: number;
}

/** What one browser sends us. Each of its streams has numbers of its own. */
export class SrtpReceiver {
  readonly #keys: SessionKeys;
  readonly #aead: Aead;
  readonly #nonce = Buffer.alloc(12);
  readonly #streams = new Map<number, ReplayWindow>();
  readonly #reports = new Map<number, ReplayWindow>();

  constructor(keys: SessionKeys, aead: Aead) {
    this.#keys = keys;
    this.#aead = aead;
  }

  /** undefined for a packet that is forged, repeated, broken, or of one stream too many. */
  openRtp(data: Buffer): OpenedRtp | undefined {
    const header = headerLength(data);
    if (header === undefined || data.length < header + TAG_BYTES) return undefined;
    const stream = streamOf(data);
    const known = this.#streams.get(stream);
    if (known === undefined && this.#streams.size >= limits.voice.maxStreams) return undefined;
    const window = known ?? new ReplayWindow();
    const index = guessIndex(window.highest, sequenceOf(data));
    if (index < 0 || !window.mayTake(index)) return undefined;
    writeNonce(this.#nonce, this.#keys.rtp.salt, stream, index);
    const { key } = this.#keys.rtp;
    const front = data.subarray(0, header);
    const payload = this.#aead.open(key, this.#nonce, front, data.subarray(header));
    if (payload === undefined) return undefined;
    window.mark(index);
    if (known === undefined) this.#streams.set(stream, window);
    return { payload, index };
  }

  /** The packet without index and tag; undefined as above, and for one that is not encrypted. */
  openRtcp(data: Buffer): Buffer | undefined {
    const end = data.length - INDEX_BYTES;
    if (end < RTCP_HEADER + TAG_BYTES) return undefined;
    const word = data.readUInt32BE(end);
    if ((word & ENCRYPTED) === 0) return undefined;
    const index = word & MAX_RTCP_INDEX;
    const stream = data.readUInt32BE(4);
    const known = this.#reports.get(stream);
    if (known === undefined && this.#reports.size >= limits.voice.maxStreams) return undefined;
    const window = known ?? new ReplayWindow();
    if (!window.mayTake(index)) return undefined;
    writeRtcpNonce(this.#nonce, this.#keys.rtcp.salt, stream, index);
    const covered = Buffer.concat([data.subarray(0, RTCP_HEADER), data.subarray(end)]);
    const sealed = data.subarray(RTCP_HEADER, end);
    const plain = this.#aead.open(this.#keys.rtcp.key, this.#nonce, covered, sealed);
    if (plain === undefined) return undefined;
    window.mark(index);
    if (known === undefined) this.#reports.set(stream, window);
    return Buffer.concat([data.subarray(0, RTCP_HEADER), plain]);
  }
}

/** The index that a sequence number most likely means (RFC 3711, 3.3.1). */
export function guessIndex(highest: number, sequence: number): number {
  if (highest < 0) return sequence;
  const index = highest - (highest % 0x1_0000) + sequence;
  if (index - highest > 0x8000) return index - 0x1_0000;
  if (highest - index > 0x8000) return index + 0x1_0000;
  return index;
}

/** What we send to one browser. The caller never uses an index twice for a stream. */
export class SrtpSender {
  readonly #keys: SessionKeys;
  readonly #aead: Aead;
  readonly #nonce = Buffer.alloc(12);
  #reports = 0;

  constructor(keys: SessionKeys, aead: Aead) {
    this.#keys = keys;
    this.#aead = aead;
  }

  /**
   * Seals `payload` behind the header that `out` begins with, whose sequence number is that of
   * `index`. Returns the packet's length in `out`.
   */
  sealRtp(
    out: Buffer,
    payload: Buffer,
    place: { readonly stream: number; readonly index: number; readonly header?: number },
  ): number {
    const header = place.header ?? RTP_HEADER;
    writeNonce(this.#nonce, this.#keys.rtp.salt, place.stream, place.index);
    const { key } = this.#keys.rtp;
    this.#aead.seal(key, this.#nonce, out.subarray(0, header), payload, out.subarray(header));
    return header + payload.length + TAG_BYTES;
  }

  /** undefined once every index was used: nobody stays in a call for 200 years. */
  sealRtcp(packet: Buffer): Buffer | undefined {
    if (this.#reports > MAX_RTCP_INDEX) return undefined;
    const index = this.#reports++;
    const word = Buffer.alloc(INDEX_BYTES);
    word.writeUInt32BE((ENCRYPTED | index) >>> 0, 0);
    writeRtcpNonce(this.#nonce, this.#keys.rtcp.salt, packet.readUInt32BE(4), index);
    const head = packet.subarray(0, RTCP_HEADER);
    const sealed = Buffer.alloc(packet.length - RTCP_HEADER + TAG_BYTES);
    const known = Buffer.concat([head, word]);
    this.#aead.seal(this.#keys.rtcp.key, this.#nonce, known, packet.subarray(RTCP_HEADER), sealed);
    return Buffer.concat([head, sealed, word]);
  }
}
