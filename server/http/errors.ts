import type { z } from "zod";
import { ERROR_STATUS, type ErrorBody, type ErrorCode } from "../../core/api/error.ts";
import { OperationError } from "../../core/errors.ts";
import type { Log } from "../../core/ports/log.ts";
import { sqlState } from "../postgres/sql.ts";
import { awayCode } from "../system/away.ts";
import { jsonReply, type Reply } from "./reply.ts";

/** Longest quote of a refused value, in characters. */
const QUOTED_CHARS = 120;
/** Fields whose value is never quoted back. */
const SECRET = /password|token|secret|code/i;
/**
 * PostgreSQL's `character_not_in_repertoire` and, of JSON, `untranslatable_character`: no text
 * there holds U+0000.
 */
const UNSTORABLE: readonly (string | undefined)[] = ["22021", "22P05"];
/** Who is answered that something is away asks again after this. */
const AWAY_RETRY_MS = 2000;
/** Most issues named in one answer. */
const ISSUE_COUNT = 10;

export interface ErrorContext {
  readonly requestId: string;
  readonly route: string;
  readonly log: Log;
}

/** Any failure as the one error shape. What is not meant for people stays in the log. */
export function errorReply(failure: unknown, context: ErrorContext): Reply {
  if (failure instanceof OperationError) {
    if (failure.cause !== undefined) {
      context.log.log("info", "request refused", {
        request_id: context.requestId,
        route: context.route,
        code: failure.code,
        cause: loggable(failure.cause),
      });
    }
    return errorBodyReply(failure.code, failure.message, {
      requestId: context.requestId,
      ...(failure.details === undefined ? {} : { details: failure.details }),
    });
  }
  if (UNSTORABLE.includes(sqlState(failure))) {
    return errorBodyReply(
      "invalid",
      "The request holds the character U+0000, which can be neither looked for nor stored.",
      { requestId: context.requestId },
    );
  }
  context.log.log("error", "request failed", {
    request_id: context.requestId,
    route: context.route,
    cause: loggable(failure),
  });
  const away = awayRefusal(failure);
  if (away !== undefined) {
    return errorBodyReply(away.code, away.message, {
      requestId: context.requestId,
      ...(away.details === undefined ? {} : { details: away.details }),
    });
  }
  return errorBodyReply(
    "internal",
    `Something went wrong on the server. Tell its administrator this number: ${context.requestId}.`,
    { requestId: context.requestId },
  );
}

/**
 * What everybody is told while the database, or something else that the answer needs, is away:
 * `unavailable`, and when to ask again. Undefined for every other failure. Whether a change that
 * was under way is stored nobody knows then, so nothing is said of it.
 */
export function awayRefusal(failure: unknown): OperationError | undefined {
  if (awayCode(failure) === undefined) return undefined;
  return new OperationError(
    "unavailable",
    "The server cannot answer this at the moment. Try again in a little while.",
    { details: { retry_after_ms: AWAY_RETRY_MS } },
  );
}

function errorBodyReply(
  code: ErrorCode,
  message: string,
  options: { requestId: string; details?: Readonly<Record<string, unknown>> },
): Reply {
  const body: ErrorBody = {
    error: {
      code,
      message,
      ...(options.details === undefined ? {} : { details: { ...options.details } }),
      request_id: options.requestId,
    },
  };
  const retryAfterMs = options.details?.["retry_after_ms"];
  const size = options.details?.["size"];
  return jsonReply(body, {
    status: ERROR_STATUS[code],
    headers: {
      ...(typeof retryAfterMs === "number"
        ? { "retry-after": String(Math.max(1, Math.ceil(retryAfterMs / 1000))) }
        : {}),
      // RFC 9110 section 15.5.17: what range there would be.
      ...(code === "range" && typeof size === "number"
        ? { "content-range": `bytes */${size}` }
        : {}),
      ...(ERROR_STATUS[code] === 401 ? { "www-authenticate": 'Bearer realm="openguild"' } : {}),
    },
  });
}

/** The log knows what of an error may be written. */
function loggable(failure: unknown): Error | string {
  return failure instanceof Error ? failure : String(failure);
}

/** What zod refused, as one `invalid`: each field, its value and what is wrong with it. */
export function invalidInput(
  part: "params" | "query" | "body",
  input: { error: z.ZodError; value: unknown },
): OperationError {
  const issues = input.error.issues.slice(0, ISSUE_COUNT).map((issue) => ({
    field: [part, ...issue.path.map(String)].join("."),
    value: issue.path.some((key) => SECRET.test(String(key)))
      ? "not shown"
      : quote(valueAt(input.value, issue.path)),
    problem: issue.message,
  }));
  const [first] = issues;
  const message = first === undefined
    ? `The request's ${part} is not valid.`
    : `The field ${first.field} is not valid (it was ${first.value}): ${first.problem}.`;
  return new OperationError("invalid", message, { details: { issues } });
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return undefined;
    at = Reflect.get(at, key);
  }
  return at;
}

/** A value for a message: short and on one line. */
export function quote(value: unknown): string {
  if (value === undefined) return "absent";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > QUOTED_CHARS ? `${text.slice(0, QUOTED_CHARS)}…` : text;
}
