import type { z } from "zod";

/**
 * One operation of the federation API: the single source for the signed request that a server
 * sends, for validation at the other's door, and for the simulated network. PROTOCOL.md 8.
 * Parameters of the path (`:name`) are taken from the request's fields of that name; the other
 * fields are the query of a GET and the JSON body (og-jcs) of a POST.
 */
export interface FederationOperation<
  Request extends z.ZodType = z.ZodType,
  Answer extends z.ZodType = z.ZodType,
> {
  readonly id: string;
  readonly method: "GET" | "POST";
  readonly path: `/_federation/${string}`;
  readonly summary: string;
  readonly request: Request;
  readonly answer: Answer;
  /** The answer's bytes at most; more is refused while it is read. */
  readonly maxAnswerBytes: number;
  /** The answer is bytes, streamed; `answer` describes nothing. */
  readonly binaryAnswer?: boolean;
  /** How long the asker waits for the whole answer, ms. */
  readonly timeoutMs: number;
}

/** Keeps the literal types of one operation; adds nothing. */
export function defineFederationOperation<Request extends z.ZodType, Answer extends z.ZodType>(
  operation: FederationOperation<Request, Answer>,
): FederationOperation<Request, Answer> {
  return operation;
}
