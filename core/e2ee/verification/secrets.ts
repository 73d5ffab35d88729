import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { expand, extract } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import type { DeviceId } from "../../ids/device_id.ts";
import type { UserId } from "../../ids/user_id.ts";
import type { Rng } from "../../ports/rng.ts";
import { concat, equalBytes, framed, utf8 } from "../bytes.ts";
import { SAS_EMOJI, type SasEmoji } from "./emoji.ts";

/** A side of a verification, as it says of itself. All of it is what people compare in the end. */
export interface Party {
  readonly user: UserId;
  readonly device: DeviceId;
  /** The user's master key, as this device knows it. */
  readonly msk: Uint8Array;
  /** The device's own Ed25519 key. */
  readonly signatureKey: Uint8Array;
  /** A new device that asks to be given identity and backup. */
  readonly wants: boolean;
}

export type Method = "sas" | "qr";

/** Everything that was said, by whom. `first` began, or shows the code. */
export interface Transcript {
  readonly method: Method;
  readonly id: Uint8Array;
  readonly first: Party;
  readonly second: Party;
  /** Of the second side's key (sas), or of the code's secret (qr). */
  readonly commitment: Uint8Array;
  readonly firstKey: Uint8Array;
  readonly secondKey: Uint8Array;
}

function partyBytes({ user, device, msk, signatureKey, wants }: Party): Uint8Array {
  return framed(user, device, msk, signatureKey, wants ? "wants" : "");
}

/** What the second side binds itself to before it knows the first one's key. */
export function commitmentOf(
  { id, first, second, key }: {
    readonly id: Uint8Array;
    readonly first: Party;
    readonly second: Party;
    readonly key: Uint8Array;
  },
): Uint8Array<ArrayBuffer> {
  const parties = [partyBytes(first), partyBytes(second)];
  return Uint8Array.from(
    sha256(framed("openguild/verification-commitment/1", id, ...parties, key)),
  );
}

function transcriptHash(transcript: Transcript): Uint8Array {
  const { method, id, first, second, commitment, firstKey, secondKey } = transcript;
  const parties = [partyBytes(first), partyBytes(second)];
  const said = [id, ...parties, commitment, firstKey, secondKey];
  return sha256(framed("openguild/verification/1", method, ...said));
}

/** What two sides hold in common once keys are agreed, and nobody in between. */
export interface SharedSecrets {
  /** Seven of 64: 42 bits. */
  readonly emoji: readonly SasEmoji[];
  /** The same in three numbers of four digits: 39 bits. */
  readonly decimals: readonly number[];
  /** What a side shows to prove that it has confirmed. */
  proofOf(side: "first" | "second"): Uint8Array;
  proves(side: "first" | "second", proof: Uint8Array): boolean;
  /** Sealed for the other side alone. */
  seal(bytes: Uint8Array, rng: Rng): Uint8Array<ArrayBuffer>;
  open(sealed: Uint8Array): Uint8Array | undefined;
}

const NONCE_BYTES = 24;

/** HKDF over the agreed secret, salted with the transcript: other words, other secrets. */
export function sharedSecrets(agreed: Uint8Array, transcript: Transcript): SharedSecrets {
  const said = transcriptHash(transcript);
  const root = extract(sha256, agreed, said);
  const derive = (purpose: string, size: number) =>
    expand(sha256, root, utf8(`openguild/verification/1 ${purpose}`), size);
  const proofOf = (side: "first" | "second") => hmac(sha256, derive(`proof ${side}`, 32), said);
  const handoverKey = derive("handover", 32);
  const { emoji, decimals } = readable(derive("compare", 11));
  return {
    emoji,
    decimals,
    proofOf,
    proves: (side, proof) => equalBytes(proofOf(side), proof),
    seal(bytes, rng) {
      const nonce = rng.bytes(NONCE_BYTES);
      return concat(nonce, xchacha20poly1305(handoverKey, nonce, said).encrypt(bytes));
    },
    open(sealed) {
      const nonce = sealed.subarray(0, NONCE_BYTES);
      try {
        return xchacha20poly1305(handoverKey, nonce, said).decrypt(sealed.subarray(NONCE_BYTES));
      } catch {
        return undefined;
      }
    },
  };
}

/** 42 bits as emoji from the first six bytes, 39 as numbers from the five after them. */
function readable(bytes: Uint8Array): Pick<SharedSecrets, "emoji" | "decimals"> {
  const big = (part: Uint8Array) => BigInt(`0x${part.toHex()}`);
  const forEmoji = big(bytes.subarray(0, 6));
  const forNumbers = big(bytes.subarray(6, 11));
  const emoji = Array.from({ length: 7 }, (_, at) => {
    const index = Number((forEmoji >> BigInt(42 - 6 * at)) & 63n);
    return SAS_EMOJI[index] as SasEmoji;
  });
  const decimals = Array.from(
    { length: 3 },
    (_, at) => 1000 + Number((forNumbers >> BigInt(27 - 13 * at)) & 8191n),
  );
  return { emoji, decimals };
}
