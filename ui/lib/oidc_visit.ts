/** The cookie that ties a visit to an outside provider to this browser. Scripts do not see it. */
const NAME = "og_oidc";
/** As long as the server waits for the visit to come back. */
const MAX_AGE_S = 600;

export interface OidcVisit {
  /** Secret of the visit. */
  readonly flow: string;
  readonly purpose: "login" | "link";
  /** Where to go in the end. */
  readonly next: string;
}

/** Lax: the provider leads back here from another site. */
export function visitCookie(visit: OidcVisit, secure: boolean): string {
  const value = encodeURIComponent(JSON.stringify(visit));
  return `${NAME}=${value}; Path=/oidc; Max-Age=${MAX_AGE_S}; HttpOnly; SameSite=Lax` +
    (secure ? "; Secure" : "");
}

export const ENDED_VISIT = `${NAME}=; Path=/oidc; Max-Age=0; HttpOnly; SameSite=Lax`;

export function readVisit(headers: Headers): OidcVisit | undefined {
  const found = /(?:^|;\s*)og_oidc=([^;]+)/.exec(headers.get("cookie") ?? "");
  if (found?.[1] === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(decodeURIComponent(found[1]));
    if (typeof value !== "object" || value === null) return undefined;
    const { flow, purpose, next } = value as Record<string, unknown>;
    if (typeof flow !== "string" || typeof next !== "string") return undefined;
    if (purpose !== "login" && purpose !== "link") return undefined;
    return { flow, purpose, next };
  } catch {
    return undefined; // Not written by us.
  }
}
