import { Buffer } from "node:buffer";

/** Reports of RTP (RFC 3550, 6.4), as far as a browser needs ours to know its connection. */

const type = { senderReport: 200, receiverReport: 201 } as const;
const SENDER_REPORT_BYTES = 28;
const RECEIVER_REPORT_BYTES = 32;
/** Whose report it is: ours has no stream of its own. */
const REPORTER = 1;
const MAX_PACKETS = 16;

export interface SenderReport {
  readonly stream: number;
  /** The middle 32 bits of its time of sending (NTP), which the answer repeats. */
  readonly middle: number;
}

/** The first sender report in a compound packet. */
export function readSenderReport(data: Buffer): SenderReport | undefined {
  let at = 0;
  for (let count = 0; at + 8 <= data.length && count < MAX_PACKETS; count++) {
    const end = at + 4 + data.readUInt16BE(at + 2) * 4;
    if (end > data.length || data.readUInt8(at) >> 6 !== 2) return undefined;
    if (data.readUInt8(at + 1) === type.senderReport && end - at >= SENDER_REPORT_BYTES) {
      return { stream: data.readUInt32BE(at + 4), middle: data.readUInt32BE(at + 10) };
    }
    at = end;
  }
  return undefined;
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
