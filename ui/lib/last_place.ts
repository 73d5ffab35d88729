const NAME = "og_last";

/** The channel the visitor was in last; the page in the browser sets it. */
export function readLastPlace(request: Request): string | undefined {
  return lastPlaceIn(request.headers.get("cookie") ?? "");
}

/** The same out of the text of all cookies. */
export function lastPlaceIn(cookies: string): string | undefined {
  const match = new RegExp(`(?:^|;\\s*)${NAME}=([^;]*)`).exec(cookies);
  if (!match?.[1]) return undefined;
  try {
    const path = decodeURIComponent(match[1]);
    return /^\/(?:g|dm)\/[\w!%.~/-]{1,300}$/.test(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

export function lastPlaceCookie(path: string): string {
  return `${NAME}=${encodeURIComponent(path)}; Path=/; Max-Age=31536000; SameSite=Lax`;
}
