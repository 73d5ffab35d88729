import type { Wanted } from "../../../core/api/e2ee_groups.ts";
import { OperationError } from "../../../core/errors.ts";
import type { ServerName } from "../../../core/ids/server_name.ts";
import { MlsFault } from "../../../core/mls/fault.ts";

/** Rules of a group that a change breaks; `details.reason` names which. */
export type PolicyReason =
  | "external_removal"
  | "leaf_out_of_range"
  | "not_committer"
  | "not_external"
  | "other_group"
  | "still_in_group"
  | "too_many_devices"
  | "twice"
  | "unclaimed_package"
  | "unfit"
  | "unwanted_removal"
  | "useless_commits";

export function policy(reason: PolicyReason, message: string): OperationError {
  return new OperationError("policy", message, { details: { reason } });
}

/** What the device knows of members and devices is old: it reads the group anew and commits again. */
export function rosterMismatch(
  message: string,
  details: { readonly wanted?: Wanted } = {},
): OperationError {
  return new OperationError("roster_mismatch", message, { details });
}

export function notEncrypted(): OperationError {
  return new OperationError(
    "invalid",
    "This conversation is not encrypted: switch encryption on first.",
    { details: { reason: "not_encrypted" } },
  );
}

/** The room's group is ordered elsewhere, and that server cannot be asked. */
export function sequencerAway(sequencer: ServerName): OperationError {
  return new OperationError(
    "unavailable",
    `Changes of this group are ordered by ${sequencer}, which cannot be reached now. Messages go on as before.`,
    { details: { reason: "sequencer_away", sequencer } },
  );
}

/** Reads bytes that a device sent; what MLS refuses is `policy`, what is no MLS is `invalid`. */
export async function readMls<T>(field: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof MlsFault)) throw error;
    if (error.reason !== "malformed") throw policy("unfit", `${error.message}.`);
    throw new OperationError("invalid", `${field}: ${error.message}.`, {
      details: { field },
      cause: error,
    });
  }
}
