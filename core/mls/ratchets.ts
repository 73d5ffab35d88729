import type { RatchetTree } from "ts-mls/ratchetTree.js";
import {
  decodeGenerationSecret,
  type GenerationSecret,
  generationSecretEncoder,
  type SecretTree,
} from "ts-mls/secretTree.js";
import { encode } from "ts-mls/codec/tlsEncoder.js";
import { ByteReader, concat, uint } from "../e2ee/bytes.ts";
import { decodeWhole } from "./decode.ts";
import { MlsFault } from "./fault.ts";

/** The ratchets of an epoch that are used: of application messages, by leaf number. */
export type Ratchets = ReadonlyMap<number, GenerationSecret>;

/** 2,000 skipped keys of 37 bytes and what stands around them. */
const MAX_RATCHET_BYTES = 128 * 1024;

const encodeRatchet = encode(generationSecretEncoder);

/** Of an empty leaf or a parent, and of handshakes: nobody can write with it. */
const UNUSED: GenerationSecret = { secret: new Uint8Array(), generation: 0, unusedGenerations: {} };

/** Where each member's chain of message keys stands, by leaf. */
export function ratchetsOf(
  epoch: { readonly secretTree: SecretTree; readonly ratchetTree: RatchetTree },
): Ratchets {
  const found = new Map<number, GenerationSecret>();
  for (let at = 0; at < epoch.ratchetTree.length; at += 2) {
    const node = epoch.secretTree[at];
    if (epoch.ratchetTree[at] !== undefined && node !== undefined) {
      found.set(at / 2, node.application);
    }
  }
  return found;
}

export function writeRatchets(ratchets: Ratchets): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [leaf, ratchet] of ratchets) {
    const bytes = encodeRatchet(ratchet);
    parts.push(uint(leaf, 2), uint(bytes.length, 3), bytes);
  }
  return concat(...parts);
}

export function readRatchets(bytes: Uint8Array): Ratchets {
  const found = new Map<number, GenerationSecret>();
  const reader = new ByteReader(bytes);
  while (reader.left > 0) {
    const leaf = reader.uint(2);
    const ratchet = reader.led(3);
    if (leaf === undefined || ratchet === undefined) {
      throw new MlsFault("malformed", "Cannot read the ratchets of a group: they are cut off");
    }
    found.set(
      leaf,
      decodeWhole(decodeGenerationSecret, ratchet, {
        what: "ratchet of a sender",
        maxBytes: MAX_RATCHET_BYTES,
      }),
    );
  }
  return found;
}

/** The library's form of them, over `base` where there is one. `length` is that of the tree. */
export function secretTreeOf(ratchets: Ratchets, length: number, base?: SecretTree): SecretTree {
  const blank = { application: UNUSED, handshake: UNUSED };
  const tree = base?.slice() ?? Array.from({ length }, () => blank);
  for (const [leaf, application] of ratchets) {
    if (2 * leaf >= length) {
      throw new MlsFault(
        "malformed",
        `Cannot read the ratchet of leaf ${leaf}: the tree ends before`,
      );
    }
    tree[2 * leaf] = { application, handshake: UNUSED };
  }
  return tree;
}
