import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { sha256 } from "@noble/hashes/sha2.js";
import type { RoomId } from "../ids/room_id.ts";
import type { UserId } from "../ids/user_id.ts";
import { limits } from "../limits.ts";
import { MlsFault } from "../mls/fault.ts";
import type { Leaf } from "../mls/group.ts";
import type { DeviceKeys, OwnKeyPackage } from "../mls/key_package.ts";
import type { Mls } from "../mls/mls.ts";
import type { Rng } from "../ports/rng.ts";
import { type ArchivedKey, readEntries, writeEntries } from "./backup_entries.ts";
import { concat, equalBytes, framed } from "./bytes.ts";

/**
 * How a member shares content keys of what was said before somebody came: a small MLS group of the
 * sharing device and the newcomer's devices carries one key, which opens batches of content keys.
 * No state of the room's group leaves the device. PROTOCOL.md 12, "Shared history".
 */

/** What a share is bound to: said in the room, and authentic for who opens it. */
export interface ShareFacts {
  /** 16 random bytes. */
  readonly id: Uint8Array;
  readonly roomId: RoomId;
  readonly from: UserId;
  readonly to: UserId;
  readonly fromTs: number;
  readonly untilTs: number;
}

/** Carries a share's key to the devices that it was made for. */
export interface Parcel {
  readonly welcome: Uint8Array;
  readonly message: Uint8Array;
}

/** Which of how many. */
export interface BatchPlace {
  readonly batch: number;
  readonly batches: number;
}

export const SHARE_ID_BYTES = 16;
const KEY_BYTES = 32;
const NONCE_BYTES = 24;

function factBytes({ id, roomId, from, to, fromTs, untilTs }: ShareFacts): Uint8Array {
  return framed("openguild/history/1", id, roomId, from, to, String(fromTs), String(untilTs));
}

function groupIdOf(facts: ShareFacts): Uint8Array {
  return concat(facts.id, sha256(factBytes(facts)));
}

/** A new key, and what brings it to the devices of these key packages and nobody else. */
export async function makeParcel(
  mls: Mls,
  facts: ShareFacts,
  { keys, packages, rng }: {
    readonly keys: DeviceKeys;
    readonly packages: readonly Uint8Array[];
    readonly rng: Rng;
  },
): Promise<Parcel & { readonly key: Uint8Array }> {
  const alone = await mls.create(groupIdOf(facts), keys);
  const { group, welcome } = await mls.commit(alone, { add: packages });
  if (welcome === undefined) throw new RangeError("Cannot share history with no device");
  const key = rng.bytes(KEY_BYTES);
  const { message } = await mls.encrypt(group, key, factBytes(facts));
  return { welcome, message, key };
}

/**
 * The key of a share, who sent it and who else can open it; whose they are is judged elsewhere.
 * Throws `MlsFault` where it is for another device or of another share.
 */
export async function openParcel(
  mls: Mls,
  facts: ShareFacts,
  { parcel, own, keys }: {
    readonly parcel: Parcel;
    readonly own: Pick<OwnKeyPackage, "publicBytes" | "privateBytes">;
    readonly keys: DeviceKeys;
  },
): Promise<{ readonly key: Uint8Array; readonly sender: Leaf; readonly leaves: readonly Leaf[] }> {
  const group = await mls.join(parcel.welcome, own, keys);
  if (!equalBytes(group.groupId, groupIdOf(facts))) {
    throw new MlsFault("other_group", "A share of history belongs to another room or person");
  }
  const { plaintext, aad, sender } = await mls.decrypt(group, parcel.message);
  if (plaintext.length !== KEY_BYTES || !equalBytes(aad, factBytes(facts))) {
    throw new MlsFault("malformed", "A share of history carries no key");
  }
  return { key: plaintext, sender, leaves: group.leaves() };
}

function batchBytes(facts: ShareFacts, { batch, batches }: BatchPlace): Uint8Array {
  return framed("openguild/history-keys/1", factBytes(facts), String(batch), String(batches));
}

/** At most `limits.history.maxBatchKeys`. Throws RangeError for more. */
export function sealBatch(
  facts: ShareFacts,
  place: BatchPlace,
  { key, keys, rng }: {
    readonly key: Uint8Array;
    readonly keys: readonly ArchivedKey[];
    readonly rng: Rng;
  },
): Uint8Array {
  if (keys.length > limits.history.maxBatchKeys) {
    throw new RangeError(
      `Cannot share ${keys.length} keys at once: at most ${limits.history.maxBatchKeys} fit`,
    );
  }
  const nonce = rng.bytes(NONCE_BYTES);
  const cipher = xchacha20poly1305(key, nonce, batchBytes(facts, place));
  return concat(
    nonce,
    cipher.encrypt(writeEntries([{ type: "keys", roomId: facts.roomId, keys }])),
  );
}

/** The keys of a batch, of this room alone; undefined where it does not open or has too many. */
export function openBatch(
  facts: ShareFacts,
  place: BatchPlace,
  { key, sealed }: { readonly key: Uint8Array; readonly sealed: Uint8Array },
): readonly ArchivedKey[] | undefined {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  let opened: Uint8Array;
  try {
    const cipher = xchacha20poly1305(key, nonce, batchBytes(facts, place));
    opened = cipher.decrypt(sealed.subarray(NONCE_BYTES));
  } catch {
    return undefined;
  }
  const keys = readEntries(opened)?.flatMap((entry) =>
    entry.type === "keys" && entry.roomId === facts.roomId ? entry.keys : []
  );
  return keys === undefined || keys.length > limits.history.maxBatchKeys ? undefined : keys;
}
