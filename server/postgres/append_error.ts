/** Why an entry was not stored. Nothing of it was: an entry is stored whole or not at all. */
export type AppendErrorCode =
  /** One of its events is stored already. */
  | "duplicate"
  /** One of its rows breaks a constraint; `constraint` names it where the database does. */
  | "constraint"
  /** The database cannot hold a value of it. */
  | "bad_value"
  /** An earlier entry of the same room failed, and this one may rest on it: build it again. */
  | "predecessor_failed"
  /** Too much waits already. */
  | "overloaded"
  /** The log is closing. */
  | "closed"
  /** The database refused for another reason, again and again. */
  | "failed";

export class AppendError extends Error {
  override readonly name = "AppendError";
  readonly code: AppendErrorCode;
  readonly constraint: string | undefined;

  constructor(
    code: AppendErrorCode,
    message: string,
    options: { readonly constraint?: string | undefined; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.constraint = options.constraint;
  }
}
