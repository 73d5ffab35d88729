import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import type { UserId } from "../ids/user_id.ts";
import { limits } from "../limits.ts";
import type { Rng } from "../ports/rng.ts";
import { ByteReader, concat, equalBytes, framed, uint, utf8 } from "./bytes.ts";

/**
 * Slots: the ways to a backup's key. Each wraps it under a key that only its owner can derive,
 * beside a commitment to that key: a server cannot make one slot that opens with several
 * passphrases and so test many at once. PROTOCOL.md 12.
 */

export type SlotKind = "recovery_key" | "passphrase" | "passkey";

/** As servers store it. */
export interface BackupSlot {
  readonly kind: SlotKind;
  readonly data: Uint8Array;
}

/** Cost of a passphrase: KiB of memory, and rounds. One lane. */
export interface ArgonCost {
  readonly kib: number;
  readonly rounds: number;
}

/** The least that OWASP advises; machines with room take `STRONG_ARGON`. */
export const USUAL_ARGON: ArgonCost = { kib: 19_456, rounds: 2 };
export const STRONG_ARGON: ArgonCost = { kib: 65_536, rounds: 3 };

/** What a person has in hand. Recovery keys and passkeys give 32 bytes. */
export type SlotSecret =
  | { readonly kind: "recovery_key"; readonly key: Uint8Array }
  | {
    readonly kind: "passphrase";
    readonly passphrase: string;
    /** 0 to 1, while the passphrase is stretched. */
    readonly onProgress?: (share: number) => void;
  }
  | { readonly kind: "passkey"; readonly prf: Uint8Array };

/** How a slot is to be made. */
export type NewSlot =
  | Extract<SlotSecret, { kind: "recovery_key" }>
  | (Extract<SlotSecret, { kind: "passphrase" }> & { readonly cost?: ArgonCost })
  | (Extract<SlotSecret, { kind: "passkey" }> & {
    readonly credentialId: Uint8Array;
    /** The input that the passkey's PRF was asked with, 32 bytes. */
    readonly prfInput: Uint8Array;
  });

export type SlotFault = "malformed" | "other_kind" | "too_costly" | "too_cheap" | "wrong_secret";

export type OpenSlotResult =
  | { readonly ok: true; readonly backupKey: Uint8Array }
  | { readonly ok: false; readonly reason: SlotFault; readonly message: string };

const VERSION = 1;
const KIND_CODES: Readonly<Record<SlotKind, number>> = {
  recovery_key: 1,
  passphrase: 2,
  passkey: 3,
};
const SALT_BYTES = 16;
const NONCE_BYTES = 24;
const WRAPPED_BYTES = 32 + 16;
const LABEL = "openguild/backup-slot/1";
/** Shorter ones are guessed at once, whatever they cost. */
export const MIN_PASSPHRASE_CHARS = 8;
const MAX_PASSPHRASE_BYTES = 1024;

/** What stands open in a slot: how the key is derived. */
type SlotHeader =
  | { readonly kind: "recovery_key" }
  | { readonly kind: "passphrase"; readonly cost: ArgonCost; readonly salt: Uint8Array }
  | {
    readonly kind: "passkey";
    readonly credentialId: Uint8Array;
    readonly prfInput: Uint8Array;
  };

function headerBytes(header: SlotHeader): Uint8Array<ArrayBuffer> {
  const front = concat(uint(VERSION, 1), uint(KIND_CODES[header.kind], 1));
  switch (header.kind) {
    case "recovery_key":
      return front;
    case "passphrase":
      return concat(front, uint(header.cost.kib, 4), uint(header.cost.rounds, 1), header.salt);
    case "passkey": {
      const { credentialId, prfInput } = header;
      return concat(front, uint(credentialId.length, 2), credentialId, prfInput);
    }
  }
}

function readHeader(kind: SlotKind, reader: ByteReader): SlotHeader | undefined {
  if (reader.uint(1) !== VERSION || reader.uint(1) !== KIND_CODES[kind]) return undefined;
  if (kind === "recovery_key") return { kind };
  if (kind === "passphrase") {
    const [kib, rounds, salt] = [reader.uint(4), reader.uint(1), reader.take(SALT_BYTES)];
    if (kib === undefined || rounds === undefined || salt === undefined) return undefined;
    return { kind, cost: { kib, rounds }, salt };
  }
  const [credentialId, prfInput] = [reader.led(2), reader.take(32)];
  if (credentialId === undefined || prfInput === undefined) return undefined;
  return { kind, credentialId, prfInput };
}

/** One spelling for what looks the same, as keyboards differ. */
function passphraseBytes(passphrase: string): Uint8Array {
  return utf8(passphrase.normalize("NFKC").trim());
}

/** 64 bytes: the wrapping key, and what is shown of it. */
async function derive(
  user: UserId,
  header: SlotHeader,
  secret: SlotSecret,
): Promise<{ readonly key: Uint8Array; readonly commitment: Uint8Array }> {
  const input = await inputOf(header, secret);
  const all = hkdf(sha256, input, undefined, framed(LABEL, user, headerBytes(header)), 64);
  return { key: all.subarray(0, 32), commitment: all.subarray(32) };
}

async function inputOf(header: SlotHeader, secret: SlotSecret): Promise<Uint8Array> {
  if (secret.kind === "recovery_key") return secret.key;
  if (secret.kind === "passkey") return secret.prf;
  if (header.kind !== "passphrase") throw new TypeError("derive: a passphrase needs its cost");
  const { cost, salt } = header;
  // Fetched with the first passphrase: everything else about a backup does without.
  const { argon2idAsync } = await import("@noble/hashes/argon2.js");
  return await argon2idAsync(passphraseBytes(secret.passphrase), salt, {
    m: cost.kib,
    t: cost.rounds,
    p: 1,
    dkLen: 32,
    ...(secret.onProgress === undefined ? {} : { onProgress: secret.onProgress }),
  });
}

function newHeader(slot: NewSlot, rng: Rng): SlotHeader {
  switch (slot.kind) {
    case "recovery_key":
      check32(slot.key, "a recovery key");
      return { kind: slot.kind };
    case "passphrase": {
      const { passphrase, cost = USUAL_ARGON } = slot;
      if ([...passphrase.trim()].length < MIN_PASSPHRASE_CHARS) {
        throw new RangeError(`A passphrase needs at least ${MIN_PASSPHRASE_CHARS} characters`);
      }
      if (passphraseBytes(passphrase).length > MAX_PASSPHRASE_BYTES) {
        throw new RangeError(`A passphrase has at most ${MAX_PASSPHRASE_BYTES} bytes`);
      }
      if (costFault(cost) !== undefined) {
        throw new RangeError(
          `Argon2id with ${cost.kib} KiB and ${cost.rounds} rounds is not taken`,
        );
      }
      return { kind: slot.kind, cost, salt: rng.bytes(SALT_BYTES) };
    }
    case "passkey":
      check32(slot.prf, "a passkey's secret");
      check32(slot.prfInput, "a passkey's input");
      return { kind: slot.kind, credentialId: slot.credentialId, prfInput: slot.prfInput };
  }
}

function check32(bytes: Uint8Array, name: string): void {
  if (bytes.length !== 32) throw new RangeError(`${name} has 32 bytes, not ${bytes.length}`);
}

/** A server names the cost: too little would give a passphrase away, too much stop the device. */
function costFault({ kib, rounds }: ArgonCost): "too_cheap" | "too_costly" | undefined {
  const { minArgonKib, maxArgonKib, minArgonRounds, maxArgonRounds } = limits.e2ee;
  if (kib < minArgonKib || rounds < minArgonRounds) return "too_cheap";
  return kib > maxArgonKib || rounds > maxArgonRounds ? "too_costly" : undefined;
}

/** Wraps a backup's key for one more way to it. Throws RangeError for a secret that is none. */
export async function sealSlot(
  { user, backupKey, rng }: {
    readonly user: UserId;
    readonly backupKey: Uint8Array;
    readonly rng: Rng;
  },
  slot: NewSlot,
): Promise<BackupSlot> {
  check32(backupKey, "a backup's key");
  const header = newHeader(slot, rng);
  const { key, commitment } = await derive(user, header, slot);
  const nonce = rng.bytes(NONCE_BYTES);
  const front = concat(headerBytes(header), commitment);
  const wrapped = xchacha20poly1305(key, nonce, framed(LABEL, user, front)).encrypt(backupKey);
  const data = concat(front, nonce, wrapped);
  if (data.length > limits.e2ee.maxSlotBytes) {
    throw new RangeError(`A slot of ${data.length} bytes: its passkey's id is too long`);
  }
  return { kind: slot.kind, data };
}

/** What a passkey must be asked with to open its slot, or undefined for other slots. */
export function passkeyOfSlot(
  slot: BackupSlot,
): { readonly credentialId: Uint8Array; readonly prfInput: Uint8Array } | undefined {
  const header = readHeader(slot.kind, new ByteReader(slot.data));
  return header?.kind === "passkey" ? header : undefined;
}

function refused(reason: SlotFault, message: string): OpenSlotResult {
  return { ok: false, reason, message };
}

/** Opens a slot. Never throws for bad input; bounds of the cost hold before anything is computed. */
export async function openSlot(
  user: UserId,
  slot: BackupSlot,
  secret: SlotSecret,
): Promise<OpenSlotResult> {
  if (slot.kind !== secret.kind) return refused("other_kind", `The slot is for a ${slot.kind}`);
  const reader = new ByteReader(slot.data);
  const header = readHeader(slot.kind, reader);
  const shown = reader.take(32);
  const nonce = reader.take(NONCE_BYTES);
  const wrapped = reader.take(WRAPPED_BYTES);
  if (!header || !shown || !nonce || !wrapped || reader.left > 0) {
    return refused("malformed", `The slot of ${slot.data.length} bytes is none of this version`);
  }
  const fault = header.kind === "passphrase" ? costFault(header.cost) : undefined;
  if (fault !== undefined) return refused(fault, "The slot's Argon2id cost is out of bounds");
  const { key, commitment } = await derive(user, header, secret);
  if (!equalBytes(commitment, shown)) {
    return refused("wrong_secret", `The ${slot.kind} does not belong to this backup`);
  }
  try {
    const aad = framed(LABEL, user, concat(headerBytes(header), shown));
    return { ok: true, backupKey: xchacha20poly1305(key, nonce, aad).decrypt(wrapped) };
  } catch {
    return refused("malformed", "The slot was changed");
  }
}
