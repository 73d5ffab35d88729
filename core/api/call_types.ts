import type { z } from "zod";
import type { Operation } from "./operation.ts";

// deno-lint-ignore no-explicit-any -- picks apart whichever schemas an operation has
type Schemas<Op> = Op extends Operation<infer P, infer Q, infer B, infer R, any> ? [P, Q, B, R]
  : never;
type InputOf<Schema> = Schema extends z.ZodType ? z.input<Schema> : undefined;
type Part<Name extends string, Value> = [Value] extends [undefined]
  ? { readonly [N in Name]?: undefined }
  : Record<never, never> extends Value ? { readonly [N in Name]?: Value }
  : { readonly [N in Name]: Value };

/** What a call of an operation is given: path parameters, query and body where it has them. */
export type OperationInput<Op> =
  & Part<"params", InputOf<Schemas<Op>[0]>>
  & Part<"query", InputOf<Schemas<Op>[1]>>
  & Part<"body", InputOf<Schemas<Op>[2]>>;

/** What an operation is answered with. */
export type OperationResult<Op> = z.output<Extract<Schemas<Op>[3], z.ZodType>>;
