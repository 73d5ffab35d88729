import { sha256 } from "@noble/hashes/sha2.js";
import type { UserId } from "../ids/user_id.ts";
import { compareBytes } from "../ids/compare_bytes.ts";
import { framed, utf8 } from "./bytes.ts";

const GROUPS = 6;
const BYTES_PER_GROUP = 5;

/** Six groups of five digits out of 30 bytes: 99 bits. */
function digits(bytes: Uint8Array): string {
  const groups = Array.from({ length: GROUPS }, (_, group) => {
    const from = group * BYTES_PER_GROUP;
    const value = bytes.subarray(from, from + BYTES_PER_GROUP)
      .reduce((sum, byte) => sum * 256 + byte, 0);
    return String(value % 100_000).padStart(5, "0");
  });
  return groups.join(" ");
}

/**
 * The code of a room or call: 30 digits that are equal for all who share its MLS epoch, and for
 * nobody else. Compared by voice it shows that nobody sits in between. PROTOCOL.md 12.
 */
export function roomCode(epochAuthenticator: Uint8Array): string {
  return digits(sha256(framed("openguild/room-code/1", epochAuthenticator)));
}

/** One side of a pair of users. */
export interface KnownUser {
  readonly user: UserId;
  readonly msk: Uint8Array;
}

/** The numbers of two users' master keys, 60 digits, the same on both sides. PROTOCOL.md 12. */
export function userCode(one: KnownUser, other: KnownUser): string {
  return [one, other]
    .toSorted((a, b) => compareBytes(utf8(a.user), utf8(b.user)))
    .map(({ user, msk }) => digits(sha256(framed("openguild/user-code/1", user, msk))))
    .join(" ");
}
