import { expand, extract } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import type { Hpke, PrivateKey, PublicKey } from "ts-mls/crypto/hpke.js";
import {
  type Aead,
  KEY_BYTES,
  messageHpke,
  MlsCryptoError,
  NONCE_BYTES,
  NONE,
  refusing,
} from "./message_suite.ts";
import {
  agree,
  exportPrivate,
  exportPublic,
  importPrivate,
  importPublic,
  publicOf,
  X25519_BYTES,
} from "./x25519.ts";

/**
 * HPKE (RFC 9180) as suite 1 of MLS uses it and no further: base mode, one message for each key,
 * DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM. `hpke_test.ts` holds it against the RFC's
 * vector and against `@hpke/core`, whose further suites and modes a browser would fetch for nothing.
 */

const SECRET_BYTES = 32;
const BASE_MODE = 0;

const encoder = new TextEncoder();
const VERSION = encoder.encode("HPKE-v1");
/** "KEM", and the KEM's number. */
const KEM_ID = join(encoder.encode("KEM"), Uint8Array.of(0, 0x20));
/** "HPKE", and the numbers of KEM, KDF and AEAD. */
const SUITE_ID = join(encoder.encode("HPKE"), Uint8Array.of(0, 0x20, 0, 1, 0, 1));

function join(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** RFC 9180 4, `LabeledExtract`. */
function extracted(id: Uint8Array, salt: Uint8Array, label: string, material: Uint8Array) {
  return extract(sha256, join(VERSION, id, encoder.encode(label), material), salt);
}

/** RFC 9180 4, `LabeledExpand`. */
function expanded(
  id: Uint8Array,
  secret: Uint8Array,
  label: string,
  { info, length }: { readonly info: Uint8Array; readonly length: number },
): Uint8Array {
  const head = Uint8Array.of(length >> 8, length & 0xff);
  return expand(sha256, secret, join(head, VERSION, id, encoder.encode(label), info), length);
}

/** RFC 9180 4.1, `ExtractAndExpand`; both sides know all of it. */
function sharedSecret(dh: Uint8Array, enc: Uint8Array, receiver: Uint8Array): Uint8Array {
  const prk = extracted(KEM_ID, NONE, "eae_prk", dh);
  return expanded(KEM_ID, prk, "shared_secret", {
    info: join(enc, receiver),
    length: SECRET_BYTES,
  });
}

/** RFC 9180 5.1, `KeySchedule` of the base mode: what a label and a length give. */
function schedule(shared: Uint8Array, info: Uint8Array) {
  const context = join(
    Uint8Array.of(BASE_MODE),
    extracted(SUITE_ID, NONE, "psk_id_hash", NONE),
    extracted(SUITE_ID, NONE, "info_hash", info),
  );
  const secret = extracted(SUITE_ID, shared, "secret", NONE);
  return (label: string, length: number) =>
    expanded(SUITE_ID, secret, label, { info: context, length });
}

function exported(derive: ReturnType<typeof schedule>, context: Uint8Array, length: number) {
  return expanded(SUITE_ID, derive("exp", SECRET_BYTES), "sec", { info: context, length });
}

async function agreed(privateKey: CryptoKey, other: Uint8Array): Promise<Uint8Array> {
  const dh = await agree(privateKey, other);
  if (dh === undefined) throw new MlsCryptoError("HPKE: the other side's key gives no secret");
  return dh;
}

/** Sender's side: a key for this one message. */
async function encapsulate(receiverKey: PublicKey) {
  const receiver = await exportPublic(receiverKey);
  const own = await newPair();
  const enc = await exportPublic(own.publicKey);
  const shared = sharedSecret(await agreed(own.privateKey, receiver), enc, receiver);
  return { enc, shared };
}

async function decapsulate(key: PrivateKey, enc: Uint8Array): Promise<Uint8Array> {
  return sharedSecret(await agreed(key, enc), enc, await publicOf(key));
}

async function newPair(): Promise<{ privateKey: PrivateKey; publicKey: PublicKey }> {
  const pair = await crypto.subtle.generateKey("X25519", true, ["deriveBits"]);
  const { privateKey, publicKey } = pair as CryptoKeyPair;
  return { privateKey: privateKey as PrivateKey, publicKey: publicKey as PublicKey };
}

export function makeHpke(aead: Aead): Hpke {
  return {
    ...messageHpke(aead),
    async seal(publicKey, plaintext, info, aad = NONE) {
      const { enc, shared } = await encapsulate(publicKey);
      const derive = schedule(shared, info);
      const key = derive("key", KEY_BYTES);
      const nonce = derive("base_nonce", NONCE_BYTES);
      return { enc, ct: await aead.encrypt(key, nonce, aad, plaintext) };
    },
    open: (privateKey, enc, ciphertext, info, aad = NONE) =>
      refusing(async () => {
        const derive = schedule(await decapsulate(privateKey, enc), info);
        const key = derive("key", KEY_BYTES);
        return await aead.decrypt(key, derive("base_nonce", NONCE_BYTES), aad, ciphertext);
      }),
    async exportSecret(publicKey, context, length, info) {
      const { enc, shared } = await encapsulate(publicKey);
      return { enc, secret: exported(schedule(shared, info), context, length) };
    },
    importSecret: (privateKey, context, enc, length, info) =>
      refusing(async () =>
        exported(schedule(await decapsulate(privateKey, enc), info), context, length)
      ),
    importPrivateKey: (bytes) => refusing(() => importPrivate(bytes, true)),
    importPublicKey: (bytes) => refusing(() => importPublic(bytes)),
    exportPublicKey: exportPublic,
    exportPrivateKey: exportPrivate,
    /** RFC 9180 7.1.3. */
    async deriveKeyPair(material) {
      const prk = extracted(KEM_ID, NONE, "dkp_prk", material);
      const bytes = expanded(KEM_ID, prk, "sk", { info: NONE, length: X25519_BYTES });
      const privateKey = await importPrivate(bytes, true);
      return { privateKey, publicKey: await importPublic(await publicOf(privateKey)) };
    },
    generateKeyPair: newPair,
  };
}
