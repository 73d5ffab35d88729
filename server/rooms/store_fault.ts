import { OperationError } from "../../core/errors.ts";
import { AppendError } from "../postgres/append_error.ts";

/** An earlier write of the room failed, and this one may rest on it. */
export function isPredecessorFailure(error: unknown): boolean {
  return error instanceof AppendError && error.code === "predecessor_failed";
}

/** What the log refuses, as an answer to a person; a broken constraint is the service's to read. */
export function storeFault(error: unknown): unknown {
  if (!(error instanceof AppendError) || error.code === "constraint") return error;
  return new OperationError(
    "unavailable",
    "The server could not store this just now, so nothing was changed. Try again in a moment.",
    { cause: error, details: { retry_after_ms: 1000 } },
  );
}
