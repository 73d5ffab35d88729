import { concat, utf8 } from "../bytes.ts";
import { decodeHeader, encodeHeader } from "./sframe_header.ts";

/** AES_128_GCM_SHA256_128 of RFC 9605 4.5. */
const SUITE = 0x0004;
export const SFRAME_KEY_BYTES = 16;
const SALT_BYTES = 12;
export const SFRAME_TAG_BYTES = 16;

const NONE = new Uint8Array();

/** What one sender seals its frames with in one epoch. */
export interface SFrameKey {
  readonly kid: bigint;
  readonly key: CryptoKey;
  readonly salt: Uint8Array<ArrayBuffer>;
}

/** A sender's key out of the epoch's base key (16 bytes). RFC 9605 4.4.2. */
export async function deriveSFrameKey(
  baseKey: Uint8Array<ArrayBuffer>,
  kid: bigint,
): Promise<SFrameKey> {
  if (baseKey.length !== SFRAME_KEY_BYTES) {
    throw new RangeError(`A base key of ${baseKey.length} bytes: ${SFRAME_KEY_BYTES} are expected`);
  }
  const secret = await crypto.subtle.importKey("raw", baseKey, "HKDF", false, [
    "deriveBits",
    "deriveKey",
  ]);
  const hkdf = (label: string) => ({
    name: "HKDF",
    hash: "SHA-256",
    salt: NONE,
    info: labeled(label, kid),
  });
  const [key, salt] = await Promise.all([
    crypto.subtle.deriveKey(
      hkdf("SFrame 1.0 Secret key "),
      secret,
      { name: "AES-GCM", length: SFRAME_KEY_BYTES * 8 },
      false,
      ["encrypt", "decrypt"],
    ),
    crypto.subtle.deriveBits(hkdf("SFrame 1.0 Secret salt "), secret, SALT_BYTES * 8),
  ]);
  return { kid, key, salt: new Uint8Array(salt) };
}

function labeled(label: string, kid: bigint): Uint8Array<ArrayBuffer> {
  const suffix = new DataView(new ArrayBuffer(10));
  suffix.setBigUint64(0, kid);
  suffix.setUint16(8, SUITE);
  return concat(utf8(label), new Uint8Array(suffix.buffer));
}

/**
 * A frame under one counter: header, ciphertext, tag. The caller never gives a counter twice for
 * one key. `metadata` is authenticated and not sent. RFC 9605 4.4.3.
 */
export async function sealFrame(
  key: SFrameKey,
  ctr: bigint,
  frame: { readonly plaintext: BufferSource; readonly metadata?: Uint8Array },
): Promise<Uint8Array<ArrayBuffer>> {
  const header = encodeHeader(key.kid, ctr);
  const sealed = await crypto.subtle.encrypt(
    cipher(key, ctr, concat(header, frame.metadata ?? NONE)),
    key.key,
    frame.plaintext,
  );
  return concat(header, new Uint8Array(sealed));
}

/**
 * What a frame says, or undefined where it was not sealed with this key. Whether its counter was
 * seen before is for the caller to know. RFC 9605 4.4.4.
 */
export async function openFrame(
  key: SFrameKey,
  frame: Uint8Array<ArrayBuffer>,
  metadata: Uint8Array = NONE,
): Promise<ArrayBuffer | undefined> {
  const header = decodeHeader(frame);
  if (header === undefined || header.kid !== key.kid) return undefined;
  if (frame.length < header.size + SFRAME_TAG_BYTES) return undefined;
  const aad = concat(frame.subarray(0, header.size), metadata);
  try {
    return await crypto.subtle.decrypt(
      cipher(key, header.ctr, aad),
      key.key,
      frame.subarray(header.size),
    );
  } catch {
    return undefined;
  }
}

/** The counter as big-endian bytes over the end of the salt. */
function cipher(key: SFrameKey, ctr: bigint, additionalData: Uint8Array<ArrayBuffer>) {
  const iv = key.salt.slice();
  const view = new DataView(iv.buffer);
  view.setBigUint64(SALT_BYTES - 8, view.getBigUint64(SALT_BYTES - 8) ^ ctr);
  return { name: "AES-GCM", iv, additionalData, tagLength: SFRAME_TAG_BYTES * 8 };
}
