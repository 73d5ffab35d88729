import { Buffer } from "node:buffer";
import { createHmac, timingSafeEqual } from "node:crypto";
import { crc32 } from "node:zlib";

/** Connectivity checks of ICE (RFC 8489, RFC 8445), as far as a lite agent needs them. */

const MAGIC = 0x2112a442;
const HEADER = 20;
const INTEGRITY_BYTES = 20;
const FINGERPRINT_XOR = 0x5354554e;

const type = { bindingRequest: 0x0001, bindingSuccess: 0x0101 } as const;
const attribute = {
  username: 0x0006,
  integrity: 0x0008,
  xorMapped: 0x0020,
  useCandidate: 0x0025,
  fingerprint: 0x8028,
} as const;
const maxAttributes = 32;

export interface Check {
  /** 12 bytes, a view of the datagram. */
  readonly transaction: Buffer;
  /** The fragment of ours, in front of the colon of USERNAME: names whose check it claims to be. */
  readonly local: string;
  /** The browser's own, behind it. */
  readonly remote: string;
  /** The browser has chosen the pair that this came by. */
  readonly nominated: boolean;
  /** Where MESSAGE-INTEGRITY begins. */
  readonly integrityAt: number;
}

/**
 * A binding request that has a user name and an integrity attribute; undefined for anything else.
 * Nothing is proven yet: `isAuthentic` does that.
 */
export function readCheck(data: Buffer): Check | undefined {
  if (data.length < HEADER || data.readUInt16BE(0) !== type.bindingRequest) return undefined;
  if (data.readUInt32BE(4) !== MAGIC || data.readUInt16BE(2) !== data.length - HEADER) {
    return undefined;
  }
  let username: string | undefined;
  let nominated = false;
  let integrityAt: number | undefined;
  let at = HEADER;
  for (let count = 0; at + 4 <= data.length && count < maxAttributes; count++) {
    const kind = data.readUInt16BE(at);
    const length = data.readUInt16BE(at + 2);
    const end = at + 4 + length;
    if (end > data.length) return undefined;
    // What follows the integrity is not covered by it, and means nothing (RFC 8489, 14.5).
    if (integrityAt === undefined) {
      if (kind === attribute.username) username = data.toString("utf8", at + 4, end);
      if (kind === attribute.useCandidate) nominated = true;
      if (kind === attribute.integrity) {
        if (length !== INTEGRITY_BYTES) return undefined;
        integrityAt = at;
      }
    }
    if (kind === attribute.fingerprint && !hasFingerprint(data, at, length)) return undefined;
    at = end + padding(length);
  }
  if (at !== data.length || username === undefined || integrityAt === undefined) return undefined;
  const colon = username.indexOf(":");
  if (colon <= 0) return undefined;
  return {
    transaction: data.subarray(8, HEADER),
    local: username.slice(0, colon),
    remote: username.slice(colon + 1),
    nominated,
    integrityAt,
  };
}

/** Whether MESSAGE-INTEGRITY was made with our password. */
export function isAuthentic(data: Buffer, check: Check, password: string): boolean {
  const expected = integrity(data.subarray(0, check.integrityAt), password);
  const shown = data.subarray(check.integrityAt + 4, check.integrityAt + 4 + INTEGRITY_BYTES);
  return timingSafeEqual(expected, shown);
}

/** The answer to a check: the address that it came from, vouched for with our password. */
export function buildAnswer(
  transaction: Uint8Array,
  from: { readonly address: string; readonly port: number },
  password: string,
): Buffer {
  const mapped = xorAddress(from.address, from.port, transaction);
  const out = Buffer.alloc(HEADER + 4 + mapped.length + 4 + INTEGRITY_BYTES + 8);
  out.writeUInt16BE(type.bindingSuccess, 0);
  out.writeUInt32BE(MAGIC, 4);
  out.set(transaction, 8);
  let at = writeAttribute(out, HEADER, attribute.xorMapped, mapped);
  at = writeAttribute(out, at, attribute.integrity, integrity(out.subarray(0, at), password));
  out.writeUInt16BE(out.length - HEADER, 2);
  const print = Buffer.alloc(4);
  print.writeUInt32BE((crc32(out.subarray(0, at)) ^ FINGERPRINT_XOR) >>> 0, 0);
  writeAttribute(out, at, attribute.fingerprint, print);
  return out;
}

/** HMAC-SHA1 over the message up to the attribute, its length as if the message ended with it. */
function integrity(head: Buffer, password: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(head.length - HEADER + 4 + INTEGRITY_BYTES, 0);
  return createHmac("sha1", password)
    .update(head.subarray(0, 2)).update(length).update(head.subarray(4)).digest();
}

function hasFingerprint(data: Buffer, at: number, length: number): boolean {
  return length === 4 && at + 8 === data.length &&
    data.readUInt32BE(at + 4) === ((crc32(data.subarray(0, at)) ^ FINGERPRINT_XOR) >>> 0);
}

function writeAttribute(out: Buffer, at: number, kind: number, value: Uint8Array): number {
  out.writeUInt16BE(kind, at);
  out.writeUInt16BE(value.length, at + 2);
  out.set(value, at + 4);
  return at + 4 + value.length;
}

const padding = (length: number) => (4 - length % 4) % 4;

/** RFC 8489, 14.2. The address is one that the system gave, in its usual form. */
function xorAddress(address: string, port: number, transaction: Uint8Array): Buffer {
  const bytes = addressBytes(address);
  const out = Buffer.alloc(4 + bytes.length);
  out[1] = bytes.length === 4 ? 1 : 2;
  out.writeUInt16BE(port ^ (MAGIC >>> 16), 2);
  const mask = Buffer.alloc(16);
  mask.writeUInt32BE(MAGIC, 0);
  mask.set(transaction, 4);
  bytes.forEach((byte, index) => out[4 + index] = byte ^ (mask[index] ?? 0));
  return out;
}

/** 4 or 16 bytes of an IP address. */
export function addressBytes(address: string): Uint8Array {
  const plain = address.replace(/%.*$/, "");
  if (!plain.includes(":")) return Uint8Array.from(plain.split(".").map(Number));
  const out = Buffer.alloc(16);
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(plain);
  const text = dotted === null
    ? plain
    : `${dotted[1]}${pair(dotted[2], dotted[3])}:${pair(dotted[4], dotted[5])}`;
  const [head = "", tail] = text.split("::");
  const front = head === "" ? [] : head.split(":");
  const back = tail === undefined || tail === "" ? [] : tail.split(":");
  front.forEach((group, index) => out.writeUInt16BE(parseInt(group, 16), index * 2));
  back.forEach((group, index) =>
    out.writeUInt16BE(parseInt(group, 16), 16 - (back.length - index) * 2)
  );
  return out;
}

const pair = (high?: string, low?: string) => (Number(high) * 256 + Number(low)).toString(16);
