import type { StartedSession } from "../../services/accounts/start_session.ts";
import { requireOwnOrigin, sessionCookieName } from "../credentials.ts";
import { JSON_TYPE } from "../reply.ts";
import type { RequestFacts } from "../route.ts";
import type { Device } from "../../services/accounts/start_session.ts";
import { deviceNameOf } from "../../services/accounts/device_name.ts";

/**
 * The device that a request signs in, and whether it may have a cookie: a page of another
 * origin must not sign a visitor in to an account of its choice.
 */
export function deviceOf(
  facts: RequestFacts,
  body: { readonly transport: "token" | "cookie"; readonly device_name?: string | undefined },
  origins: readonly string[],
): Device {
  const { headers } = facts.request;
  if (body.transport === "cookie" && headers.has("origin")) {
    requireOwnOrigin(headers, { secure: facts.secure, allowed: origins });
  }
  return {
    transport: body.transport,
    name: body.device_name ?? deviceNameOf(headers.get("user-agent")),
    address: facts.address,
  };
}

/** The answer to a sign-in: where the session lives in a cookie, it sets that. */
export function sessionReply(
  result: unknown,
  started: StartedSession,
  options: { readonly secure: boolean; readonly maxAgeMs: number },
): Response {
  const headers = new Headers({ "content-type": JSON_TYPE, "cache-control": "no-store" });
  if (started.cookie !== null) headers.set("set-cookie", sessionCookie(started.cookie, options));
  return new Response(JSON.stringify(result), { headers });
}

/** Host-bound, out of reach of scripts, not sent along by other sites' forms. */
export function sessionCookie(
  value: string,
  options: { readonly secure: boolean; readonly maxAgeMs: number },
): string {
  const { secure, maxAgeMs } = options;
  const maxAgeS = Math.floor(maxAgeMs / 1000);
  return `${
    sessionCookieName(secure)
  }=${value}; Path=/; Max-Age=${maxAgeS}; HttpOnly; SameSite=Lax` +
    (secure ? "; Secure" : "");
}
