/** Under this policy no page can run a script that this server did not write itself. */
export function contentPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    "connect-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    // The one policy there may be makes the URLs of the workers, and no other.
    "trusted-types og-worker",
  ].join("; ");
}

/** What a worker that holds keys may do: talk to this server, and make no script out of text. */
const HOLDS_KEYS = "default-src 'none'; connect-src 'self'; require-trusted-types-for 'script'";
const KEY_WORKER = `${HOLDS_KEYS}; trusted-types 'none'`;

/** A worker has a policy of its own: it runs nothing beside itself. */
export function workerHeaders(): Record<string, string> {
  return { "content-security-policy": KEY_WORKER };
}

/** The worker of encryption fetches parts of itself later, each named in its script. */
export function engineHeaders(): Record<string, string> {
  return { "content-security-policy": `${KEY_WORKER}; script-src 'self'` };
}

/**
 * The service worker opens encrypted messages while no tab is there, with a script whose URL its one
 * policy makes; it fetches the pictures of notifications.
 */
export function serviceWorkerHeaders(): Record<string, string> {
  const policy = `${HOLDS_KEYS}; script-src 'self'; img-src 'self'; trusted-types og-sealed`;
  return { "content-security-policy": policy };
}

/** Headers of every page. */
export function pageHeaders(nonce: string, extra: Record<string, string> = {}): Headers {
  return new Headers({
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": contentPolicy(nonce),
    "cache-control": "no-store",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "geolocation=(), payment=(), usb=()",
    ...extra,
  });
}
