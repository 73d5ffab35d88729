import type { ErrorCode } from "./api/error.ts";

/**
 * A refusal that a person may read. `message` is the safe text: it names the failed
 * action, quotes the value and says what to do. `cause` is for the log alone.
 */
export class OperationError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { details?: Readonly<Record<string, unknown>>; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "OperationError";
    this.code = code;
    this.details = options.details;
  }
}
