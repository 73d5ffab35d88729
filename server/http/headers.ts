/** Headers as they are looked up: `Headers` has this shape too. Names in lower case. */
export interface HeaderReader {
  get(name: string): string | null;
}

/** Headers of every answer; one that the handler set itself stays. */
const ALWAYS: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

/** Answers of the API are data: never a page, never kept by a cache. */
const API: Readonly<Record<string, string>> = {
  ...ALWAYS,
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  // Bearer tokens are not ambient, so other origins' programs may call; cookies never go along.
  "access-control-allow-origin": "*",
  "access-control-expose-headers":
    "ratelimit, ratelimit-policy, retry-after, x-request-id, content-range, etag",
};

export function securityHeaders(
  options: { api: boolean; secure: boolean },
): Readonly<Record<string, string>> {
  const base = options.api ? API : ALWAYS;
  return options.secure
    ? { ...base, "strict-transport-security": "max-age=31536000; includeSubDomains" }
    : base;
}

export const PREFLIGHT: Readonly<Record<string, string>> = {
  "access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE",
  "access-control-allow-headers": "authorization, content-type, range, if-none-match",
  "access-control-max-age": "86400",
};
