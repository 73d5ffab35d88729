import { Buffer } from "node:buffer";
import { limits } from "../../core/limits.ts";
import type { Aead } from "../sfu/engine.ts";
import type { Libcrypto } from "./libraries.ts";

const TAG_BYTES = 16;
/** EVP_CTRL_AEAD_GET_TAG and EVP_CTRL_AEAD_SET_TAG. */
const GET_TAG = 0x10;
const SET_TAG = 0x11;

/**
 * AES-128-GCM by OpenSSL. One context each way for all keys: a key is set with each packet, which
 * costs a fraction of what keeping and freeing a context per participant would have to be right
 * about.
 */
export function openGcm(libcrypto: Libcrypto): Aead {
  const made = () => {
    const context = libcrypto.EVP_CIPHER_CTX_new();
    if (context === null) throw new Error("OpenSSL has no memory for a cipher");
    return context;
  };
  const cipher = libcrypto.EVP_aes_128_gcm();
  const [sealing, opening] = [made(), made()];
  const written = Buffer.alloc(64);
  const scratch = Buffer.alloc(limits.voice.maxDatagramBytes);
  const ready = libcrypto.EVP_EncryptInit_ex(sealing, cipher, null, null, null) === 1 &&
    libcrypto.EVP_DecryptInit_ex(opening, cipher, null, null, null) === 1;
  if (!ready) throw new Error("OpenSSL does not offer AES-128-GCM");
  return {
    seal(key, nonce, known, plain, out) {
      const { length } = plain;
      if (out.length < length + TAG_BYTES) throw new RangeError("No room for a sealed packet");
      const done = libcrypto.EVP_EncryptInit_ex(sealing, null, null, key, nonce) === 1 &&
        libcrypto.EVP_EncryptUpdate(sealing, null, written, known, known.length) === 1 &&
        libcrypto.EVP_EncryptUpdate(sealing, out, written, plain, length) === 1 &&
        libcrypto.EVP_EncryptFinal_ex(sealing, scratch, written) === 1 &&
        libcrypto.EVP_CIPHER_CTX_ctrl(sealing, GET_TAG, TAG_BYTES, out.subarray(length)) === 1;
      if (!done) throw new Error("OpenSSL could not seal a packet");
    },
    open(key, nonce, known, sealed) {
      const length = sealed.length - TAG_BYTES;
      if (length < 0 || length > scratch.length) return undefined;
      const done = libcrypto.EVP_DecryptInit_ex(opening, null, null, key, nonce) === 1 &&
        libcrypto.EVP_DecryptUpdate(opening, null, written, known, known.length) === 1 &&
        libcrypto.EVP_DecryptUpdate(opening, scratch, written, sealed, length) === 1 &&
        libcrypto.EVP_CIPHER_CTX_ctrl(opening, SET_TAG, TAG_BYTES, sealed.subarray(length)) === 1;
      if (!done) throw new Error("OpenSSL could not open a packet");
      // It writes nothing more: the mode has no padding.
      if (libcrypto.EVP_DecryptFinal_ex(opening, written, written) !== 1) return undefined;
      return scratch.subarray(0, length);
    },
  };
}
