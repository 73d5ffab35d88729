import type { z } from "zod";
import type { ErrorCode } from "./error.ts";
import type { TokenScope } from "./scopes.ts";

/**
 * Who may call: anyone, anyone with the caller known when signed in, a signed-in user,
 * or an administrator of this server.
 */
export type OperationAuth = "none" | "optional" | "user" | "admin";

/**
 * One operation of the client API: the single source for validation at the edge,
 * the typed handler, the typed client and the OpenAPI document.
 * Paths carry parameters as `:name`.
 */
export interface Operation<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Result extends z.ZodType = z.ZodType,
  Auth extends OperationAuth = OperationAuth,
> {
  readonly id: string;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: `/${string}`;
  readonly tag: string;
  readonly summary: string;
  readonly auth: Auth;
  /**
   * The scope with which a personal access token may call it; null: no token may. What asks for
   * confirmation is for people. Where nobody needs to sign in the answer is null too.
   */
  readonly scope: TokenScope | null;
  /** Asks for password, code or passkey again unless one was given within the last minutes. */
  readonly confirm?: boolean;
  /** The body is bytes the handler streams itself under its own limit; no JSON is read. */
  readonly binaryBody?: boolean;
  /** Answers when something happens: its caller says how long that may take. */
  readonly waits?: boolean;
  /** The answer is a `Response` with bytes; `result` describes nothing. */
  readonly binaryResult?: boolean;
  /** A suspended account may read; of what changes something it may call only these. */
  readonly whileSuspended?: boolean;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  readonly result: Result;
  readonly errors: readonly ErrorCode[];
}

/** Keeps the literal types of one operation; adds nothing. */
export function defineOperation<
  Params extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUndefined,
  Body extends z.ZodType = z.ZodUndefined,
  Result extends z.ZodType = z.ZodType,
  Auth extends OperationAuth = OperationAuth,
>(
  operation: Operation<Params, Query, Body, Result, Auth>,
): Operation<Params, Query, Body, Result, Auth> {
  return operation;
}
