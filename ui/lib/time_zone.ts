import { isTimeZone } from "../../core/rules/time_zone.ts";

const ZONE = /(?:^|;\s*)og_tz=([^;]*)/;

/** Times are drawn as the browser said it reads them; before it said so, in UTC. */
export function readTimeZone(request: Request): string {
  return zoneIn(request) ?? "UTC";
}

/** What the browser said, where it did. */
function zoneIn(request: Request): string | undefined {
  const match = ZONE.exec(request.headers.get("cookie") ?? "");
  try {
    const name = decodeURIComponent(match?.[1] ?? "");
    return name !== "" && isTimeZone(name) ? name : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Has the browser say so with its next request; undefined where it did. The first page that
 * somebody sees is mostly the one to log in, so that none with times comes before. Without
 * characters that HTML would escape.
 */
export function tellZone(request: Request): string | undefined {
  return zoneIn(request) === undefined ? TELL_ZONE : undefined;
}

const TELL_ZONE = "document.cookie='og_tz='+" +
  "encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone)+" +
  "'; Path=/; Max-Age=31536000; SameSite=Lax'";
