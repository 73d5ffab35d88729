import { OperationError } from "../../core/errors.ts";

/**
 * The one "no" of every door: whether something is unknown, forbidden or gone cannot be told
 * from it, byte for byte. PROTOCOL.md 2.
 */
export function notHere(): OperationError {
  return new OperationError("not_found", "There is nothing here for you.");
}
