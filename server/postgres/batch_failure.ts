import { AppendError } from "./append_error.ts";
import { sqlState, violatedConstraint } from "./sql.ts";

/** What a batch that was definitely not stored calls for. */
export interface BatchFailure {
  readonly kind:
    /** An entry is at fault: it fails for good. */
    | "entry"
    /** The writer was closed by another process. */
    | "writer_closed"
    /** Nobody's fault (connection lost, deadlock, restart): try again. */
    | "passing";
  readonly error: AppendError;
}

export function classifyFailure(cause: unknown): BatchFailure {
  const state = sqlState(cause);
  const constraint = violatedConstraint(cause);
  if (state === "OG001") return { kind: "writer_closed", error: failed(cause) };
  if (state === "23505" && /^events_p\d+_pkey$/.test(constraint ?? "")) {
    const error = new AppendError("duplicate", "This event is stored already.", { cause });
    return { kind: "entry", error };
  }
  // Serialization failure and deadlock are class 40; connection and server trouble 08, 53, 57.
  if (state?.startsWith("23")) {
    const named = constraint === undefined ? "" : ` (${constraint})`;
    const error = new AppendError(
      "constraint",
      `The write breaks a rule of the database${named}.`,
      {
        constraint,
        cause,
      },
    );
    return { kind: "entry", error };
  }
  if (state?.startsWith("22") || state?.startsWith("42") || state === "54000") {
    const error = new AppendError("bad_value", "The database cannot store a value of this write.", {
      cause,
    });
    return { kind: "entry", error };
  }
  return { kind: "passing", error: failed(cause) };
}

function failed(cause: unknown): AppendError {
  return new AppendError("failed", "The database did not store this write.", { cause });
}
