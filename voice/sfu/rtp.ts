import type { Buffer } from "node:buffer";

/** RTP (RFC 3550) and its one-byte header extensions (RFC 8285), as far as forwarding needs them. */

export const RTP_HEADER = 12;
const EXTENSION_PROFILE = 0xbede;

/** What a datagram is, by its first byte (RFC 7983) and, with rtcp-mux, its second (RFC 5761). */
export type DatagramKind = "stun" | "dtls" | "rtp" | "rtcp";

/** Undefined where it is none of these, and to be dropped unread. */
export function kindOf(data: Uint8Array): DatagramKind | undefined {
  const first = data[0];
  if (first === undefined) return undefined;
  if (first < 4) return "stun";
  if (first > 19 && first < 64) return "dtls";
  if (first < 128 || first > 191) return undefined;
  const payloadType = (data[1] ?? 0) & 0x7f;
  return payloadType >= 64 && payloadType <= 95 ? "rtcp" : "rtp";
}

export const sequenceOf = (data: Buffer): number => data.readUInt16BE(2);
export const timestampOf = (data: Buffer): number => data.readUInt32BE(4);
export const streamOf = (data: Buffer): number => data.readUInt32BE(8);
export const payloadTypeOf = (data: Buffer): number => data.readUInt8(1) & 0x7f;

/** Bytes in front of the payload, extensions included; undefined where they do not fit in. */
export function headerLength(data: Buffer): number | undefined {
  if (data.length < RTP_HEADER) return undefined;
  const first = data.readUInt8(0);
  let length = RTP_HEADER + (first & 0x0f) * 4;
  if ((first & 0x10) !== 0) {
    if (data.length < length + 4) return undefined;
    length += 4 + data.readUInt16BE(length + 2) * 4;
  }
  return length <= data.length ? length : undefined;
}

/**
 * How loud the sender says the packet is (RFC 6464): decibels under the loudest, 0 to 127.
 * undefined where the packet has no extension of that number. The header was measured before.
 */
export function audioLevel(data: Buffer, id: number): number | undefined {
  const at = extensionAt(data, id);
  return at === undefined ? undefined : data.readUInt8(at) & 0x7f;
}

/**
 * Which layer of a picture the packet is of (RFC 8852), a name of 1 to 16 bytes; undefined where it
 * says nothing of it. The header was measured before.
 */
export function ridOf(data: Buffer, id: number): string | undefined {
  const at = extensionAt(data, id);
  if (at === undefined) return undefined;
  return data.toString("latin1", at, at + (data.readUInt8(at - 1) & 0x0f) + 1);
}

/** Where the value of an extension begins, one byte behind its number and length. */
function extensionAt(data: Buffer, id: number): number | undefined {
  const first = data.readUInt8(0);
  if ((first & 0x10) === 0) return undefined;
  let at = RTP_HEADER + (first & 0x0f) * 4;
  if (data.readUInt16BE(at) !== EXTENSION_PROFILE) return undefined;
  const end = at + 4 + data.readUInt16BE(at + 2) * 4;
  at += 4;
  while (at < end) {
    const byte = data.readUInt8(at);
    if (byte === 0) {
      at++;
      continue;
    }
    // 15 ends the list.
    if (byte >> 4 === 15) return undefined;
    const next = at + 2 + (byte & 0x0f);
    if (byte >> 4 === id) return next <= end ? at + 1 : undefined;
    at = next;
  }
  return undefined;
}
