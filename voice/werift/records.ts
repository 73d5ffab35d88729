import { Buffer } from "node:buffer";

/** Records and handshake messages of DTLS 1.2 (RFC 6347), read and written without state. */

export const RECORD_HEADER = 13;
export const MESSAGE_HEADER = 12;
const MAX_RECORDS = 32;

export const content = { alert: 21, handshake: 22 } as const;

/** Kinds of messages that a browser sends to a server. */
export const message = {
  clientHello: 1,
  helloVerifyRequest: 3,
  certificate: 11,
  certificateVerify: 15,
  clientKeyExchange: 16,
  finished: 20,
} as const;

export interface DtlsRecord {
  readonly type: number;
  readonly version: number;
  readonly epoch: number;
  readonly sequence: number;
  readonly body: Buffer;
}

/** The records of a datagram, up to the first that does not fit into it. */
export function readRecords(data: Buffer): DtlsRecord[] {
  const records: DtlsRecord[] = [];
  let at = 0;
  while (at + RECORD_HEADER <= data.length && records.length < MAX_RECORDS) {
    const end = at + RECORD_HEADER + data.readUInt16BE(at + 11);
    if (end > data.length) break;
    records.push({
      type: data.readUInt8(at),
      version: data.readUInt16BE(at + 1),
      epoch: data.readUInt16BE(at + 3),
      sequence: data.readUIntBE(at + 5, 6),
      body: data.subarray(at + RECORD_HEADER, end),
    });
    at = end;
  }
  return records;
}

export function writeRecord(record: DtlsRecord): Buffer {
  const out = Buffer.alloc(RECORD_HEADER + record.body.length);
  out.writeUInt8(record.type, 0);
  out.writeUInt16BE(record.version, 1);
  out.writeUInt16BE(record.epoch, 3);
  out.writeUIntBE(record.sequence, 5, 6);
  out.writeUInt16BE(record.body.length, 11);
  out.set(record.body, RECORD_HEADER);
  return out;
}

/** A piece of a handshake message, often the whole. */
export interface Fragment {
  readonly type: number;
  /** Of the whole message, without header. */
  readonly length: number;
  readonly sequence: number;
  readonly offset: number;
  readonly body: Buffer;
}

/** The pieces in one record; undefined where it holds anything else. */
export function readFragments(body: Buffer): Fragment[] | undefined {
  const fragments: Fragment[] = [];
  let at = 0;
  while (at < body.length) {
    if (at + MESSAGE_HEADER > body.length) return undefined;
    const length = body.readUIntBE(at + 1, 3);
    const offset = body.readUIntBE(at + 6, 3);
    const end = at + MESSAGE_HEADER + body.readUIntBE(at + 9, 3);
    if (end > body.length || offset + end - at - MESSAGE_HEADER > length) return undefined;
    fragments.push({
      type: body.readUInt8(at),
      length,
      sequence: body.readUInt16BE(at + 4),
      offset,
      body: body.subarray(at + MESSAGE_HEADER, end),
    });
    at = end;
  }
  return fragments;
}

/** A whole message with its header, as transcripts have it (RFC 6347, 4.2.6). */
export function writeMessage(whole: {
  readonly type: number;
  readonly sequence: number;
  readonly body: Buffer;
}): Buffer {
  const out = Buffer.alloc(MESSAGE_HEADER + whole.body.length);
  out.writeUInt8(whole.type, 0);
  out.writeUIntBE(whole.body.length, 1, 3);
  out.writeUInt16BE(whole.sequence, 4);
  out.writeUIntBE(whole.body.length, 9, 3);
  out.set(whole.body, MESSAGE_HEADER);
  return out;
}
