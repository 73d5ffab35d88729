import { expand, extract } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import type { Hash } from "ts-mls/crypto/hash.js";
import type { Kdf } from "ts-mls/crypto/kdf.js";
import { constantTimeEqual } from "ts-mls/util/constantTimeCompare.js";

/**
 * SHA-256 and what is made of it, of noble. An epoch of 500 devices asks for some 6,000 small
 * derivations: Web Crypto's way to another thread and back costs more than each of them.
 */
export const hash: Hash = {
  digest: (data) => Promise.resolve(sha256(data)),
  mac: (key, data) => Promise.resolve(hmac(sha256, key, data)),
  verifyMac: (key, mac, data) => Promise.resolve(constantTimeEqual(mac, hmac(sha256, key, data))),
};

export const kdf: Kdf = {
  size: sha256.outputLen,
  extract: (salt, material) => Promise.resolve(extract(sha256, material, salt)),
  expand: (key, info, length) => Promise.resolve(expand(sha256, key, info, length)),
};
