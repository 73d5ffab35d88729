import { assert } from "../assert.ts";
import { putNewest } from "../put_newest.ts";

/** One signature to check. `message` is what was signed, tag included. */
export interface SignatureCheck {
  /** 32 bytes. */
  readonly key: Uint8Array;
  /** 64 bytes. */
  readonly signature: Uint8Array;
  readonly message: Uint8Array;
}

/** Answers under ed25519-strict. Many calls may be in flight. Never throws for bad input. */
export interface SignatureVerifier {
  verify(check: SignatureCheck): Promise<boolean>;
}

function hexToBytes(hex: string): Uint8Array {
  return Uint8Array.fromHex(hex);
}

/**
 * y of the points of order 1, 2, 4 and 8, canonical and not, without the sign bit, which may be
 * either: with it these are the 14 low-order encodings. PROTOCOL.md 3.
 */
const LOW_ORDER_Y: readonly Uint8Array[] = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
].map(hexToBytes);

/** The group order L, little endian. */
const ORDER = hexToBytes("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");

/** Whether the little-endian number of 32 bytes is below another; `topMask` is laid over its last byte. */
function isBelow(
  bytes: Uint8Array,
  bound: Uint8Array,
  topMask = 0xff,
): boolean {
  for (let at = 31; at >= 0; at--) {
    const byte = (bytes[at] as number) & (at === 31 ? topMask : 0xff);
    const limit = bound[at] as number;
    if (byte !== limit) return byte < limit;
  }
  return false;
}

/** 2^255 - 19, little endian. */
const FIELD = LOW_ORDER_Y[5] as Uint8Array;

function isLowOrder(encoded: Uint8Array): boolean {
  return LOW_ORDER_Y.some((y) => {
    for (let at = 0; at < 31; at++) if (y[at] !== encoded[at]) return false;
    return y[31] === ((encoded[31] as number) & 0x7f);
  });
}

/** Whether an encoded point may appear as A or R: y below p, and not of low order. */
function isAcceptablePoint(encoded: Uint8Array): boolean {
  return isBelow(encoded, FIELD, 0x7f) && !isLowOrder(encoded);
}

/** Whether signatures by a key can count at all: 32 bytes, canonical, not of low order. PROTOCOL.md 3. */
export function isStrictKey(key: Uint8Array): boolean {
  return key.length === 32 && isAcceptablePoint(key);
}

/**
 * The part of ed25519-strict that the bytes alone decide: sizes, A and R canonical and not of low
 * order, S below L. PROTOCOL.md 3.
 */
export function passesStrictBytes(key: Uint8Array, signature: Uint8Array): boolean {
  return key.length === 32 && signature.length === 64 &&
    isAcceptablePoint(key) && isAcceptablePoint(signature.subarray(0, 32)) &&
    isBelow(signature.subarray(32), ORDER);
}

/** The part of Web Crypto that verification needs; the same in Deno, Node and browsers. */
export type VerifyingCrypto = Pick<SubtleCrypto, "importKey" | "verify">;

export interface StrictVerifierOptions {
  /** Imported keys held; the one unused for longest goes first. */
  readonly maxKeys?: number;
  readonly subtle?: VerifyingCrypto;
}

const DEFAULT_MAX_KEYS = 1024;

/**
 * The one function of OpenGuild that accepts an Ed25519 signature: the byte rules above, then the
 * cofactorless equation by Web Crypto. PROTOCOL.md 3 (ed25519-strict).
 */
export class StrictVerifier implements SignatureVerifier {
  readonly #keys = new Map<string, Promise<CryptoKey | undefined>>();
  readonly #maxKeys: number;
  readonly #subtle: VerifyingCrypto;

  constructor(options: StrictVerifierOptions = {}) {
    this.#maxKeys = options.maxKeys ?? DEFAULT_MAX_KEYS;
    assert(this.#maxKeys > 0, "StrictVerifier: maxKeys must be positive");
    this.#subtle = options.subtle ?? crypto.subtle;
  }

  async verify(check: SignatureCheck): Promise<boolean> {
    const { key, signature, message } = check;
    if (!passesStrictBytes(key, signature)) return false;
    const imported = await this.#import(key);
    if (imported === undefined) return false;
    return await this.#subtle.verify(
      "Ed25519",
      imported,
      Uint8Array.from(signature),
      Uint8Array.from(message),
    );
  }

  #import(key: Uint8Array): Promise<CryptoKey | undefined> {
    const name = key.toHex();
    const imported = this.#keys.get(name) ??
      this.#subtle.importKey("raw", Uint8Array.from(key), "Ed25519", false, ["verify"])
        .catch(() => undefined);
    putNewest(this.#keys, { key: name, value: imported, max: this.#maxKeys });
    return imported;
  }
}
