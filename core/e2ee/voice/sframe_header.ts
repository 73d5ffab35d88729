/** Largest KID or CTR: eight bytes. */
const MAX_FIELD = 2n ** 64n - 1n;
/** Values below it stand in the first byte itself. */
const SHORT_BELOW = 8n;

export interface SFrameHeader {
  /** Which key: of whom, in which epoch. */
  readonly kid: bigint;
  /** Which frame under that key. */
  readonly ctr: bigint;
  /** Bytes that the header takes. */
  readonly size: number;
}

/** The shortest header for a key and a counter, 1 to 17 bytes. RFC 9605 4.3. */
export function encodeHeader(kid: bigint, ctr: bigint): Uint8Array<ArrayBuffer> {
  const keyBytes = fieldBytes(kid, "KID");
  const counterBytes = fieldBytes(ctr, "CTR");
  const bytes = new Uint8Array(1 + keyBytes + counterBytes);
  bytes[0] = configHalf(kid, keyBytes) << 4 | configHalf(ctr, counterBytes);
  writeField(bytes, { at: 1, size: keyBytes, value: kid });
  writeField(bytes, { at: 1 + keyBytes, size: counterBytes, value: ctr });
  return bytes;
}

/** The header at the front of a frame, or undefined where the frame is too short for it. */
export function decodeHeader(frame: Uint8Array): SFrameHeader | undefined {
  const config = frame[0];
  if (config === undefined) return undefined;
  const keyBytes = sizeOf(config >> 4);
  const counterBytes = sizeOf(config & 0xf);
  const size = 1 + keyBytes + counterBytes;
  if (frame.length < size) return undefined;
  return {
    kid: keyBytes === 0 ? BigInt(config >> 4) : readField(frame, 1, keyBytes),
    ctr: counterBytes === 0 ? BigInt(config & 0xf) : readField(frame, 1 + keyBytes, counterBytes),
    size,
  };
}

/** Bytes after the first one: none for a short value. */
function fieldBytes(value: bigint, name: string): number {
  if (value < 0n || value > MAX_FIELD) {
    throw new RangeError(`Cannot write ${name} ${value}: it takes 0 to 2^64-1`);
  }
  if (value < SHORT_BELOW) return 0;
  return Math.ceil(value.toString(16).length / 2);
}

/** A flag and three bits: the value, or how many bytes follow less one. */
function configHalf(value: bigint, bytes: number): number {
  return bytes === 0 ? Number(value) : 8 | bytes - 1;
}

function sizeOf(half: number): number {
  return half < 8 ? 0 : (half & 7) + 1;
}

function writeField(
  bytes: Uint8Array,
  { at, size, value }: { at: number; size: number; value: bigint },
): void {
  for (let index = at + size - 1, rest = value; index >= at; index--, rest >>= 8n) {
    bytes[index] = Number(rest & 0xffn);
  }
}

function readField(bytes: Uint8Array, at: number, size: number): bigint {
  let value = 0n;
  for (const byte of bytes.subarray(at, at + size)) value = value << 8n | BigInt(byte);
  return value;
}
