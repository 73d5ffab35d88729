import { OperationError } from "../../core/errors.ts";

/**
 * The one "no" of every handler: what is not held and what is not for the asker are answered in
 * the same bytes, whatever was asked. PROTOCOL.md 2 (who receives).
 */
export function notFound(): OperationError {
  return new OperationError("not_found", "There is nothing here that this server may be told.");
}
