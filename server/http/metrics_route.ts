import { timingSafeEqual } from "node:crypto";
import { Buffer } from "node:buffer";
import { OperationError } from "../../core/errors.ts";
import type { PlainRoute } from "./app.ts";
import { readCredentials } from "./credentials.ts";
import type { RouteDeps, RouteInput } from "./route.ts";

/** Who may read the figures: administrators, who has the token, anyone, or no one. */
export type MetricsAccess =
  | { readonly who: "admin" | "public" | "off" }
  | { readonly who: "token"; readonly token: string };

/** GET /metrics: Prometheus text. Administrators can always read it, unless it is off. */
export function metricsRoute(
  deps: { metrics: { text(): string } },
  access: MetricsAccess,
): PlainRoute {
  return {
    method: "GET",
    path: "/metrics",
    async answer(facts, routeDeps) {
      await requireAccess(access, facts, routeDeps);
      return {
        status: 200,
        headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
        body: deps.metrics.text(),
      };
    },
  };
}

async function requireAccess(
  access: MetricsAccess,
  facts: RouteInput,
  deps: RouteDeps,
): Promise<void> {
  if (access.who === "public") return;
  if (access.who === "off") {
    throw new OperationError("not_found", "There is nothing at this address.");
  }
  const credentials = readCredentials(facts.edge.headers, facts.secure);
  if (
    access.who === "token" && credentials?.bearer !== undefined &&
    equal(credentials.bearer, access.token)
  ) return;
  const caller = credentials === undefined ? undefined : await deps.authenticate(credentials);
  if (caller === undefined) {
    throw new OperationError("unauthorized", "The figures are for administrators: sign in.");
  }
  if (!caller.admin) {
    throw new OperationError("forbidden", "This is for administrators of this server.");
  }
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.byteLength === right.byteLength && timingSafeEqual(left, right);
}
