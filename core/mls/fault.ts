/** Why the module refused. PROTOCOL.md 12, "Groups". */
export type MlsFaultReason =
  /** Of an epoch after ours: fetch the commits between, then again. */
  | "future_epoch"
  /** Of an epoch whose keys are gone. */
  | "past_epoch"
  /** Written by this device: its content is in the device's own store. */
  | "own_message"
  /** A commit of this device: the pending group is the one to take. */
  | "own_commit"
  /** The key of this message was used already. */
  | "replayed"
  /** Further ahead in its sender's ratchet than is followed. */
  | "too_far"
  /** Well formed, but against the rules of the room. */
  | "policy"
  /** No MLS message of the kind that was expected, or too large. */
  | "malformed"
  /** A signature, tag or key does not fit. */
  | "unverified"
  /** Of another group. */
  | "other_group"
  /** This device is no member of the group (any more). */
  | "removed"
  /** This state of a group has sent already: it must not send twice. */
  | "spent";

/** A refusal of `core/mls`. `message` says what failed; `cause` is the library's error. */
export class MlsFault extends Error {
  readonly reason: MlsFaultReason;

  constructor(reason: MlsFaultReason, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "MlsFault";
    this.reason = reason;
  }
}

/** Names of the library's errors (it does not export their classes from one place). */
const REASONS: Readonly<Record<string, MlsFaultReason>> = {
  CodecError: "malformed",
  TypeError: "malformed",
  RangeError: "malformed",
  CryptoError: "unverified",
  CryptoVerificationError: "unverified",
  InternalError: "unverified",
  OperationError: "unverified",
  DataError: "unverified",
  ValidationError: "policy",
  UsageError: "policy",
};

/** Runs a step of the library; whatever it throws becomes an `MlsFault` about `what`. */
export async function guarded<T>(what: string, run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw toFault(what, error);
  }
}

/** An error of the library as a fault with a reason; `what` is the action that failed. */
export function toFault(what: string, error: unknown): MlsFault {
  if (error instanceof MlsFault) return error;
  const known = error instanceof Error ? error : new Error(String(error));
  const reason = known.message === "Desired generation too far in the future"
    ? "too_far"
    : REASONS[known.name] ?? "unverified";
  return new MlsFault(reason, `Cannot ${what}: ${known.message}`, error);
}
