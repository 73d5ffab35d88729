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
 * somebody sees is mostly the one to log in, so that none with times comes before. `drawn`: the
 * page may show times, and nothing is lost where it is asked for again: whoever travels sees them
 * as the clocks around say, not as those of the last chat did. Without characters that HTML would
 * escape.
 */
export function tellZone(request: Request, drawn: boolean): string | undefined {
  const told = zoneIn(request);
  if (told === undefined) return `document.cookie=${COOKIE}`;
  // Where cookies are not kept, the page would be asked for again without an end.
  return drawn
    ? `if(${ZONE_NOW}!=='${encodeURIComponent(told)}'){document.cookie=${COOKIE};` +
      `if(document.cookie.includes('og_tz='+${ZONE_NOW}))location.reload()}`
    : undefined;
}

const ZONE_NOW = "encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone)";
const COOKIE = `'og_tz='+${ZONE_NOW}+'; Path=/; Max-Age=31536000; SameSite=Lax'`;
