import type { Operation } from "../../core/api/operation.ts";
import type { TokenScope } from "../../core/api/scopes.ts";
import { OperationError } from "../../core/errors.ts";
import type { Caller } from "./caller.ts";

/** Sessions hold every scope; a personal access token those it was made with. */
export function holdsScope(caller: Pick<Caller, "scopes">, scope: TokenScope): boolean {
  return caller.scopes === undefined || caller.scopes.includes(scope);
}

/** A program at work does not show its owner as present, unless it may say how they appear. */
export function showsPresence(caller: Pick<Caller, "scopes">): boolean {
  return holdsScope(caller, "account:write");
}

/**
 * The one place where scopes are enforced.
 * @throws OperationError `forbidden` for a token without the operation's scope, and for every
 *   token where no scope opens it.
 */
export function requireScope(
  caller: Pick<Caller, "scopes">,
  operation: Pick<Operation, "id" | "scope">,
): void {
  if (caller.scopes === undefined) return;
  const { id, scope } = operation;
  if (scope === null) {
    throw new OperationError(
      "forbidden",
      `No access token may do this (${id}), whatever its scopes: sign in for it.`,
      { details: { scope: null } },
    );
  }
  if (caller.scopes.includes(scope)) return;
  throw new OperationError(
    "forbidden",
    `This access token does not have the scope "${scope}" that ${id} needs; it has ` +
      `${caller.scopes.map((held) => `"${held}"`).join(", ")}.`,
    { details: { scope } },
  );
}
