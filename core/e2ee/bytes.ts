/** Small tools over bytes that every format of this folder needs. */

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** UTF-8. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** The text, or undefined unless the bytes are UTF-8 throughout. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Whether two byte strings are equal, in a time that depends on their lengths alone. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let at = 0; at < a.length; at++) difference |= (a[at] as number) ^ (b[at] as number);
  return difference === 0;
}

/** A number as big-endian bytes. `size` is 1 to 6. */
export function uint(value: number, size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  for (let at = size - 1, rest = value; at >= 0; at--, rest = Math.floor(rest / 256)) {
    bytes[at] = rest % 256;
  }
  return bytes;
}

/** Each part led by its length in four bytes: no two lists give the same bytes. */
export function framed(...parts: readonly (Uint8Array | string)[]): Uint8Array<ArrayBuffer> {
  const lists = parts.map((part) => typeof part === "string" ? utf8(part) : part);
  return concat(...lists.flatMap((part) => [uint(part.length, 4), part]));
}

/** Unpadded base64, as everywhere in events. */
export function base64Of(bytes: Uint8Array): string {
  return bytes.toBase64({ omitPadding: true });
}

/** The bytes, or undefined unless `text` is their one unpadded base64 (of `size` bytes, if given). */
export function fromBase64(text: string, size?: number): Uint8Array<ArrayBuffer> | undefined {
  if (size !== undefined && text.length !== Math.ceil(size * 4 / 3)) return undefined;
  if (!/^[A-Za-z0-9+/]*$/.test(text)) return undefined;
  try {
    const padded = text + "=".repeat((4 - text.length % 4) % 4);
    return Uint8Array.fromBase64(padded, { lastChunkHandling: "strict" });
  } catch {
    return undefined;
  }
}

/** Reads a byte string from the front; every reader answers undefined once the bytes are short. */
export class ByteReader {
  #at = 0;

  constructor(readonly bytes: Uint8Array) {}

  take(size: number): Uint8Array<ArrayBuffer> | undefined {
    if (size > this.bytes.length - this.#at) return undefined;
    this.#at += size;
    return this.bytes.slice(this.#at - size, this.#at) as Uint8Array<ArrayBuffer>;
  }

  /** A big-endian number of 1 to 6 bytes. */
  uint(size: number): number | undefined {
    const bytes = this.take(size);
    return bytes?.reduce((value, byte) => value * 256 + byte, 0);
  }

  /** What a length of `lengthSize` bytes leads. */
  led(lengthSize: number): Uint8Array<ArrayBuffer> | undefined {
    const length = this.uint(lengthSize);
    return length === undefined ? undefined : this.take(length);
  }

  get left(): number {
    return this.bytes.length - this.#at;
  }
}
