import type { OperationInput, OperationResult } from "../../../core/api/call_types.ts";
import type { OperationTypes } from "./operation_types.ts";

export type OperationName = keyof OperationTypes;

interface CallOptions {
  /** Give up after this long (ms), as where nothing answered. Default: as long as it takes. */
  readonly timeoutMs?: number;
}

/** What a call of the operation is given: path parameters, query and body where it has them. */
export type CallInput<Name extends OperationName> =
  & OperationInput<OperationTypes[Name]>
  & CallOptions;

/** What the operation answers with. */
export type CallResult<Name extends OperationName> = OperationResult<OperationTypes[Name]>;

/** The untyped shape of any call. */
export interface AnyCallInput {
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  readonly query?: Readonly<Record<string, unknown>> | undefined;
  readonly body?: unknown;
  readonly timeoutMs?: number | undefined;
}
