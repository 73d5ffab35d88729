/**
 * Codes with which a connection fails, or what is at its other end, for reasons that are not in
 * this program: of the system, of the database's driver, and of Postgres as it stops or starts.
 */
const AWAY: ReadonlySet<string> = new Set([
  "EAI_AGAIN",
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTDOWN",
  "EHOSTUNREACH",
  "ENETDOWN",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
  "CONNECT_TIMEOUT",
  "CONNECTION_CLOSED",
  "CONNECTION_DESTROYED",
  "CONNECTION_ENDED",
  "53300",
  "57P01",
  "57P02",
  "57P03",
]);
/** Errors that are looked at behind the one at hand. */
const DEPTH_MAX = 8;

/**
 * The code with which something was away (a database, a server, a store), where that is what the
 * error, or what caused it, says; undefined for every other error.
 */
export function awayCode(error: unknown): string | undefined {
  let at = error;
  for (let depth = 0; depth < DEPTH_MAX && at instanceof Error; depth++) {
    const code = "code" in at ? at.code : undefined;
    if (typeof code === "string" && AWAY.has(code)) return code;
    // How libraries say that something did not answer.
    if (at.name === "TimeoutError") return "ETIMEDOUT";
    // Several addresses of one name, each tried in vain.
    at = at.cause ?? (at instanceof AggregateError ? at.errors[0] : undefined);
  }
  return undefined;
}
