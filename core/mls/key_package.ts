import type { Capabilities } from "ts-mls/capabilities.js";
import { mapDecoders } from "ts-mls/codec/tlsDecoder.js";
import { contramapBufferEncoders, encode } from "ts-mls/codec/tlsEncoder.js";
import { decodeVarLenData, varLenDataEncoder } from "ts-mls/codec/variableLength.js";
import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js";
import {
  generateKeyPackageWithKey,
  type KeyPackage,
  type PrivateKeyPackage,
} from "ts-mls/keyPackage.js";
import { encodeMlsMessage } from "ts-mls/message.js";
import { decodeWhole } from "./decode.ts";
import { decodeMessage } from "./decode_message.ts";
import { MlsFault } from "./fault.ts";
import { checkCredential } from "./leaf_rules.ts";
import { keyPackageFacts, LAST_RESORT } from "./readers.ts";
import { SUITE_NAME } from "./message_suite.ts";

/** What a device signs with in every group. */
export interface DeviceKeys {
  /** Its certificate, which names the signature key. */
  readonly credential: Uint8Array;
  /** Ed25519, 32 bytes. */
  readonly signatureKey: Uint8Array;
  /** The Ed25519 seed, 32 bytes. */
  readonly signatureSeed: Uint8Array;
}

/** Whoever adds the device checks these against its own clock: leave room for a wrong one. */
export interface KeyPackageLife {
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly lastResort?: boolean;
}

export interface OwnKeyPackage {
  /** An `MLSMessage` that goes to the server. */
  readonly publicBytes: Uint8Array;
  /** Stays on the device, deleted once the package was used. */
  readonly privateBytes: Uint8Array;
  /** 32 bytes, by which a Welcome names it. */
  readonly ref: Uint8Array;
}

const CAPABILITIES: Capabilities = {
  versions: ["mls10"],
  ciphersuites: [SUITE_NAME],
  extensions: [LAST_RESORT],
  proposals: [],
  credentials: ["basic"],
};

const PRIVATE_VERSION = 1;
const encodePrivate = encode(contramapBufferEncoders(
  [varLenDataEncoder, varLenDataEncoder],
  (keys: Pick<PrivateKeyPackage, "initPrivateKey" | "hpkePrivateKey">) => [
    keys.initPrivateKey,
    keys.hpkePrivateKey,
  ],
));
const decodePrivate = mapDecoders(
  [decodeVarLenData, decodeVarLenData],
  (initPrivateKey, hpkePrivateKey) => ({ initPrivateKey, hpkePrivateKey }),
);

/** A key package of this device: what is published, and the secrets of it to keep until it is used. */
export async function makeKeyPackage(
  keys: DeviceKeys,
  life: KeyPackageLife,
  suite: CiphersuiteImpl,
): Promise<OwnKeyPackage> {
  const { publicPackage, privatePackage } = await generate(keys, life, suite);
  return {
    publicBytes: encodeMlsMessage({
      version: "mls10",
      wireformat: "mls_key_package",
      keyPackage: publicPackage,
    }),
    privateBytes: new Uint8Array([PRIVATE_VERSION, ...encodePrivate(privatePackage)]),
    ref: keyPackageFacts(publicPackage).ref,
  };
}

/** A key package for the device's own way in: nobody else sees it, its lifetime says nothing. */
export function throwawayPackage(keys: DeviceKeys, suite: CiphersuiteImpl) {
  return generate(keys, { notBeforeMs: 0, notAfterMs: Number.MAX_SAFE_INTEGER }, suite);
}

function generate(keys: DeviceKeys, life: KeyPackageLife, suite: CiphersuiteImpl) {
  checkCredential(keys.credential);
  return generateKeyPackageWithKey(
    { credentialType: "basic", identity: keys.credential },
    CAPABILITIES,
    {
      notBefore: BigInt(Math.floor(life.notBeforeMs / 1000)),
      notAfter: BigInt(Math.floor(life.notAfterMs / 1000)),
    },
    life.lastResort ? [{ extensionType: LAST_RESORT, extensionData: new Uint8Array() }] : [],
    { signKey: keys.signatureSeed, publicKey: keys.signatureKey },
    suite,
  );
}

/** Both halves of a stored key package, with the device's signature key. */
export function openKeyPackage(
  own: Pick<OwnKeyPackage, "publicBytes" | "privateBytes">,
  keys: DeviceKeys,
): { keyPackage: KeyPackage; keys: PrivateKeyPackage } {
  if (own.privateBytes[0] !== PRIVATE_VERSION) {
    throw new MlsFault("malformed", `Cannot read a key package of form ${own.privateBytes[0]}`);
  }
  const opened = decodeWhole(decodePrivate, own.privateBytes.subarray(1), {
    what: "key package's private half",
    maxBytes: 256,
  });
  return {
    keyPackage: decodeMessage(own.publicBytes, "mls_key_package").keyPackage,
    keys: { ...opened, signaturePrivateKey: keys.signatureSeed },
  };
}
