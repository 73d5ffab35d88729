import { Buffer } from "node:buffer";

/**
 * Reports of RTP (RFC 3550, 6.4) and words about pictures (RFC 4585, RFC 5104), as far as browsers
 * need ours, and we theirs.
 */

const type = { senderReport: 200, receiverReport: 201, transport: 205, payload: 206 } as const;
const NACK = 1;
const PLI = 1;
const FIR = 4;
/** REMB (draft-alvestrand-rmcat-remb): an application's own message. */
const APPLICATION = 15;
const HEADER_BYTES = 4;
const SENDER_REPORT_BYTES = 28;
const RECEIVER_REPORT_BYTES = 32;
const BLOCK_BYTES = 24;
/** Of a word about a picture: header, whose word it is, which stream it is about. */
const FEEDBACK_BYTES = 12;
/** Numbers that one entry of a NACK names behind its first. */
const NACK_SPAN = 16;
/** Whose report it is: ours has no stream of its own. */
const REPORTER = 1;
const MAX_PACKETS = 16;

interface RtcpPacket {
  readonly type: number;
  /** The five bits beside the version: a count, or which word it is. */
  readonly count: number;
  readonly data: Buffer;
}

/** The packets of a compound one, until one is broken. */
function* packetsOf(data: Buffer): Generator<RtcpPacket> {
  let at = 0;
  for (let count = 0; at + 8 <= data.length && count < MAX_PACKETS; count++) {
    const end = at + HEADER_BYTES + data.readUInt16BE(at + 2) * 4;
    if (end > data.length || data.readUInt8(at) >> 6 !== 2) return;
    yield {
      type: data.readUInt8(at + 1),
      count: data.readUInt8(at) & 0x1f,
      data: data.subarray(at, end),
    };
    at = end;
  }
}

export interface SenderReport {
  readonly stream: number;
  /** The middle 32 bits of its time of sending (NTP), which the answer repeats. */
  readonly middle: number;
  /** Which time of its clock a time of the stream's is, and how much it has sent: 20 bytes. */
  readonly senderInfo: Buffer;
}

/** The sender reports in a compound packet. */
export function readSenderReports(data: Buffer): SenderReport[] {
  return [...packetsOf(data)]
    .filter((packet) =>
      packet.type === type.senderReport && packet.data.length >= SENDER_REPORT_BYTES
    )
    .map((packet) => ({
      stream: packet.data.readUInt32BE(4),
      middle: packet.data.readUInt32BE(10),
      senderInfo: packet.data.subarray(8, SENDER_REPORT_BYTES),
    }));
}

/** A sender's report under the number that the stream has for listeners. */
export function buildSenderReport(stream: number, senderInfo: Buffer): Buffer {
  const out = Buffer.alloc(SENDER_REPORT_BYTES);
  out.writeUInt8(0x80, 0);
  out.writeUInt8(type.senderReport, 1);
  out.writeUInt16BE(SENDER_REPORT_BYTES / 4 - 1, 2);
  out.writeUInt32BE(stream, 4);
  senderInfo.copy(out, 8);
  return out;
}

/** What a browser says of streams that it takes. */
export interface Feedback {
  /** How much of each was lost on the way, 0 to 1. */
  readonly losses: readonly { readonly stream: number; readonly lost: number }[];
  /** Packets that it misses. */
  readonly missed: readonly { readonly stream: number; readonly sequences: readonly number[] }[];
  /** Streams of which it needs a whole picture. */
  readonly pictures: readonly number[];
}

/** What a compound packet says. Of what it says more than once, one is given. */
export function readFeedback(data: Buffer): Feedback {
  const losses: { stream: number; lost: number }[] = [];
  const missed = new Map<number, Set<number>>();
  const pictures = new Set<number>();
  for (const packet of packetsOf(data)) {
    const { count, data: body } = packet;
    if (packet.type === type.senderReport) {
      losses.push(...readBlocks(body, SENDER_REPORT_BYTES, count));
    } else if (packet.type === type.receiverReport) losses.push(...readBlocks(body, 8, count));
    else if (body.length < FEEDBACK_BYTES) continue;
    else if (packet.type === type.transport && count === NACK) {
      const stream = body.readUInt32BE(8);
      missed.set(stream, new Set([...missed.get(stream) ?? [], ...readNack(body)]));
    } else if (packet.type === type.payload && count === PLI) pictures.add(body.readUInt32BE(8));
    else if (packet.type === type.payload && count === FIR) {
      for (let at = FEEDBACK_BYTES; at + 8 <= body.length; at += 8) {
        pictures.add(body.readUInt32BE(at));
      }
    }
  }
  return {
    losses,
    missed: [...missed].map(([stream, sequences]) => ({ stream, sequences: [...sequences] })),
    pictures: [...pictures],
  };
}

function readBlocks(data: Buffer, from: number, count: number) {
  const blocks: { stream: number; lost: number }[] = [];
  for (let each = 0; each < count; each++) {
    const at = from + each * BLOCK_BYTES;
    if (at + BLOCK_BYTES > data.length) break;
    blocks.push({ stream: data.readUInt32BE(at), lost: data.readUInt8(at + 4) / 256 });
  }
  return blocks;
}

/** RFC 4585, 6.2.1: a number, and a bit for each of the sixteen behind it. */
function readNack(data: Buffer): number[] {
  const sequences: number[] = [];
  for (let at = FEEDBACK_BYTES; at + 4 <= data.length; at += 4) {
    const first = data.readUInt16BE(at);
    const bits = data.readUInt16BE(at + 2);
    sequences.push(first);
    for (let behind = 0; behind < NACK_SPAN; behind++) {
      if ((bits >> behind & 1) === 1) sequences.push((first + behind + 1) & 0xffff);
    }
  }
  return sequences;
}

/** Asks the sender of a stream for packets that never came. */
export function buildNack(stream: number, sequences: readonly number[]): Buffer {
  const entries: { first: number; bits: number }[] = [];
  for (const sequence of sequences) {
    const entry = entries.at(-1);
    const behind = entry === undefined ? 0 : (sequence - entry.first) & 0xffff;
    if (entry !== undefined && behind > 0 && behind <= NACK_SPAN) entry.bits |= 1 << (behind - 1);
    else entries.push({ first: sequence, bits: 0 });
  }
  const out = feedback(type.transport, NACK, { stream, bytes: entries.length * 4 });
  for (const [at, { first, bits }] of entries.entries()) {
    out.writeUInt16BE(first, FEEDBACK_BYTES + at * 4);
    out.writeUInt16BE(bits, FEEDBACK_BYTES + at * 4 + 2);
  }
  return out;
}

/** Asks the sender of a stream for a whole picture. */
export function buildPictureRequest(stream: number): Buffer {
  return feedback(type.payload, PLI, { stream, bytes: 0 });
}

/** Tells a sender how much it may send in all, in bits a second, for these streams. */
export function buildBitrateBound(bitrate: number, streams: readonly number[]): Buffer {
  const out = feedback(type.payload, APPLICATION, { stream: 0, bytes: 8 + streams.length * 4 });
  out.write("REMB", FEEDBACK_BYTES, "ascii");
  // 18 bits and how often they are doubled.
  const doubled = Math.max(0, Math.floor(Math.log2(Math.max(1, bitrate))) - 17);
  const mantissa = Math.floor(bitrate / 2 ** doubled);
  out.writeUInt32BE((streams.length << 24 | doubled << 18 | mantissa) >>> 0, FEEDBACK_BYTES + 4);
  for (const [at, stream] of streams.entries()) {
    out.writeUInt32BE(stream, FEEDBACK_BYTES + 8 + at * 4);
  }
  return out;
}

function feedback(
  kind: number,
  word: number,
  { stream, bytes }: { readonly stream: number; readonly bytes: number },
): Buffer {
  const out = Buffer.alloc(FEEDBACK_BYTES + bytes);
  out.writeUInt8(0x80 | word, 0);
  out.writeUInt8(kind, 1);
  out.writeUInt16BE(out.length / 4 - 1, 2);
  out.writeUInt32BE(REPORTER, 4);
  out.writeUInt32BE(stream, 8);
  return out;
}

export interface Reception {
  readonly stream: number;
  /** Since the last report: 0 to 255 for none to all. */
  readonly fractionLost: number;
  readonly totalLost: number;
  readonly highest: number;
  /** In units of the stream's clock. */
  readonly jitter: number;
  /** Of its last sender report, and how long ago that came, in seconds / 65,536. */
  readonly lastReport: number;
  readonly sinceLastReport: number;
}

/** A report of one stream to its sender. RFC 3550 6.4.2. */
export function buildReceiverReport(reception: Reception): Buffer {
  const out = Buffer.alloc(RECEIVER_REPORT_BYTES);
  out.writeUInt8(0x81, 0);
  out.writeUInt8(type.receiverReport, 1);
  out.writeUInt16BE(RECEIVER_REPORT_BYTES / 4 - 1, 2);
  out.writeUInt32BE(REPORTER, 4);
  out.writeUInt32BE(reception.stream, 8);
  out.writeUInt8(reception.fractionLost, 12);
  out.writeIntBE(Math.min(reception.totalLost, 0x7f_ffff), 13, 3);
  out.writeUInt32BE(reception.highest >>> 0, 16);
  out.writeUInt32BE(reception.jitter >>> 0, 20);
  out.writeUInt32BE(reception.lastReport >>> 0, 24);
  out.writeUInt32BE(reception.sinceLastReport >>> 0, 28);
  return out;
}
