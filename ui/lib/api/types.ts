import type { z } from "zod";
import type { Operation } from "../../../core/api/operation.ts";
import type { OperationTypes } from "./operations.ts";

export type OperationName = keyof OperationTypes;

// deno-lint-ignore no-explicit-any -- picks apart whichever schemas an operation has
type Schemas<Op> = Op extends Operation<infer P, infer Q, infer B, infer R, any> ? [P, Q, B, R]
  : never;
type InputOf<Schema> = Schema extends z.ZodType ? z.input<Schema> : undefined;
type Part<Name extends string, Value> = [Value] extends [undefined]
  ? { readonly [N in Name]?: undefined }
  : Record<never, never> extends Value ? { readonly [N in Name]?: Value }
  : { readonly [N in Name]: Value };

interface CallOptions {
  /** Give up after this long (ms), as where nothing answered. Default: as long as it takes. */
  readonly timeoutMs?: number;
}

/** What a call of the operation is given: path parameters, query and body where it has them. */
export type CallInput<Name extends OperationName> =
  & Part<"params", InputOf<Schemas<OperationTypes[Name]>[0]>>
  & Part<"query", InputOf<Schemas<OperationTypes[Name]>[1]>>
  & Part<"body", InputOf<Schemas<OperationTypes[Name]>[2]>>
  & CallOptions;

/** What the operation answers with. */
export type CallResult<Name extends OperationName> = z.output<
  Extract<Schemas<OperationTypes[Name]>[3], z.ZodType>
>;

/** The untyped shape of any call. */
export interface AnyCallInput {
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  readonly query?: Readonly<Record<string, unknown>> | undefined;
  readonly body?: unknown;
  readonly timeoutMs?: number | undefined;
}
