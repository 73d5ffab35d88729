import { OperationError } from "../../core/errors.ts";
import type { Credentials } from "./caller.ts";
import type { HeaderReader } from "./headers.ts";

/** Name of the session cookie: browsers refuse the `__Host-` prefix on plain HTTP. */
export function sessionCookieName(secure: boolean): "__Host-og_session" | "og_session" {
  return secure ? "__Host-og_session" : "og_session";
}

/** Longest token or cookie value looked at. */
const CREDENTIAL_CHARS = 2048;

/**
 * Credentials of a request: a bearer token wins over the session cookie, so that a
 * program is never let in by a browser's ambient cookie.
 */
export function readCredentials(headers: HeaderReader, secure: boolean): Credentials | undefined {
  const authorization = headers.get("authorization");
  if (authorization !== null) {
    const match = /^Bearer +([^\s]+)$/i.exec(authorization.slice(0, CREDENTIAL_CHARS));
    if (match?.[1] === undefined) {
      throw new OperationError(
        "unauthorized",
        'The Authorization header must read "Bearer TOKEN".',
      );
    }
    return { bearer: match[1] };
  }
  const cookie = readCookie(headers.get("cookie"), sessionCookieName(secure));
  return cookie === undefined ? undefined : { cookie };
}

function readCookie(header: string | null, name: string): string | undefined {
  if (header === null) return undefined;
  for (const part of header.split(";")) {
    const split = part.indexOf("=");
    if (split < 0 || part.slice(0, split).trim() !== name) continue;
    const value = part.slice(split + 1).trim();
    return value === "" || value.length > CREDENTIAL_CHARS ? undefined : value;
  }
  return undefined;
}

export interface OriginCheck {
  readonly secure: boolean;
  /** Further origins that may act with the cookie, such as the configured public URL. */
  readonly allowed: readonly string[];
}

/**
 * Refuses a request that acts by cookie unless the page that sent it is ours: its Origin
 * names the host the request went to, or a configured origin.
 */
export function requireOwnOrigin(headers: HeaderReader, check: OriginCheck): void {
  const origin = headers.get("origin");
  if (origin !== null && isOwnOrigin(origin, headers.get("host"), check)) return;
  throw new OperationError(
    "bad_origin",
    origin === null
      ? "A request signed in by cookie must say its Origin; programs use a bearer token."
      : `The page ${JSON.stringify(origin.slice(0, 200))} may not act in this session.`,
  );
}

function isOwnOrigin(origin: string, host: string | null, check: OriginCheck): boolean {
  if (check.allowed.includes(origin)) return true;
  if (host === null || !URL.canParse(origin)) return false;
  const url = new URL(origin);
  return url.host === host.toLowerCase() && url.protocol === (check.secure ? "https:" : "http:");
}
