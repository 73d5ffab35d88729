import assert from "node:assert/strict";
import type { ErrorCode } from "../../core/api/error.ts";
import { OperationError } from "../../core/errors.ts";

/** The refusal of an act; fails where the act succeeds or fails otherwise. */
export async function refused(
  act: Promise<unknown> | (() => Promise<unknown>),
  code: ErrorCode,
): Promise<OperationError> {
  let error: unknown;
  try {
    await (typeof act === "function" ? act() : act);
  } catch (thrown) {
    error = thrown;
  }
  assert.ok(error !== undefined, `expected ${code}, but it was allowed`);
  if (!(error instanceof OperationError)) throw error;
  assert.equal(error.code, code, error.message);
  return error;
}
