const NAME = "og_last";

/** The channel the visitor was in last; the page in the browser sets it. */
export function readLastPlace(request: Request): string | undefined {
  const match = new RegExp(`(?:^|;\\s*)${NAME}=([^;]*)`).exec(request.headers.get("cookie") ?? "");
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
