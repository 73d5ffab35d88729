import type { ErrorCode } from "../../core/api/error.ts";
import { OperationError } from "../../core/errors.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { minuteOf } from "../services/members/ban_words.ts";
import { TransportError, type TransportFailure } from "../../federation/ports.ts";

/** Codes of another server's "no" that mean the same to our user. */
const REFUSALS: ReadonlyMap<string, (server: ServerName) => string> = new Map([
  ["gone", (server) => `${server} says that this has ended. Ask for a new link.`],
  ["forbidden", (server) => `${server} does not allow it.`],
  ["rate_limited", (server) => `${server} has too much to do. Try again in a minute.`],
  ["conflict", (server) => `${server} says that this is so already.`],
]);

const FAILURES: Readonly<Partial<Record<TransportFailure, (server: ServerName) => string>>> = {
  unresolved: (server) => `There is no server ${server}, or it cannot be found just now.`,
  forbidden_address: (server) => `${server} has an address that this server may not speak with.`,
  tls: (server) => `${server} cannot prove that it is ${server}.`,
  bad_answer: (server) => `${server} gave an answer that makes no sense here.`,
  too_large: (server) => `${server} gave an answer that is too large.`,
};

/**
 * A failure of another server in our own words: its texts never reach our users (A35). What is
 * no transport failure is passed on as it is.
 */
export function remoteFailure(error: unknown, server: ServerName): unknown {
  if (!(error instanceof TransportError)) return error;
  const details = error.details.retryAfterMs === undefined
    ? {}
    : { retry_after_ms: error.details.retryAfterMs };
  const refuse = (code: ErrorCode, message: string) =>
    new OperationError(code, message, { cause: error, details: { server, ...details } });
  if (error.kind === "policy") {
    return refuse("forbidden", `This server does not speak with ${server}.`);
  }
  if (error.kind === "refused") {
    const { code = "" } = error.details;
    const words = REFUSALS.get(code);
    const until = error.details.untilTs;
    if (code === "forbidden" && until !== undefined) {
      return new OperationError(
        code,
        `${server} does not let you in there until ${minuteOf(until)} (UTC).`,
        { cause: error, details: { server, until_ts: until } },
      );
    }
    return words === undefined
      ? refuse("not_found", `${server} does not have this, or it is not for you.`)
      : refuse(code as ErrorCode, words(server));
  }
  const words = FAILURES[error.kind]?.(server) ??
    `${server} cannot be reached just now. Try again in a moment.`;
  return refuse(error.kind === "rate_limited" ? "rate_limited" : "unavailable", words);
}
