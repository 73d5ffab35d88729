import assert from "node:assert/strict";
import { authenticate } from "../../tests/harness/gateway_server.ts";
import { CountingRng, ManualClock, MemoryLog } from "../../tests/harness/parts.ts";
import { Metrics } from "../metrics/metrics.ts";
import { createApp, type PlainRoute } from "./app.ts";
import { healthRoute, readyRoute } from "./health.ts";
import { type MetricsAccess, metricsRoute } from "./metrics_route.ts";

function get(plainRoutes: PlainRoute[], path: string, token?: string, clock = new ManualClock()) {
  const off = { quota: 0, windowMs: 1 };
  const app = createApp({
    routes: [],
    plainRoutes,
    clock,
    rng: new CountingRng(),
    log: new MemoryLog(),
    authenticate,
    origins: [],
    rates: { address: { name: "address", ...off }, user: { name: "user", ...off } },
    rateKeyCount: 1,
  });
  const headers: HeadersInit = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return app.fetch(new Request(`http://x${path}`, { headers }), {
    address: "192.0.2.1",
    secure: false,
  });
}

Deno.test("a server is ready while all it needs answers, and says what does not", async () => {
  const clock = new ManualClock();
  const log = new MemoryLog();
  let database = () => Promise.resolve();
  let stopping = false;
  const routes = [
    healthRoute(),
    readyRoute({ clock, log, isStopping: () => stopping }, [
      { name: "database", check: () => database() },
      { name: "files", check: () => Promise.resolve() },
    ]),
  ];
  assert.equal((await get(routes, "/healthz")).status, 200);
  assert.equal((await get(routes, "/readyz")).status, 200);
  database = () => Promise.reject(new Error("password authentication failed"));
  const failed = await get(routes, "/readyz");
  assert.equal(failed.status, 503);
  assert.deepEqual(await failed.json(), {
    status: "not ready",
    checks: { database: "failed", files: "ok" },
  });
  assert.match(String(log.lines[0]?.fields["cause"]), /password/);
  database = () => new Promise(() => undefined);
  const hanging = get(routes, "/readyz", undefined, clock);
  await Promise.resolve();
  await new Promise((resolve) => setTimeout(resolve, 0));
  clock.advance(2001);
  assert.equal((await hanging).status, 503);
  database = () => Promise.resolve();
  stopping = true;
  assert.equal((await (await get(routes, "/readyz")).json()).status, "stopping");
});

Deno.test("figures are shown to whom the setting says", async () => {
  const metrics = new Metrics();
  metrics.delivered(3);
  const status = async (access: MetricsAccess, token?: string) =>
    (await get([metricsRoute({ metrics }, access)], "/metrics", token)).status;
  assert.equal(await status({ who: "admin" }), 401);
  assert.equal(await status({ who: "admin" }, "ada"), 403);
  assert.equal(await status({ who: "admin" }, "root"), 200);
  assert.equal(await status({ who: "token", token: "prometheus" }, "prometheus"), 200);
  assert.equal(await status({ who: "token", token: "prometheus" }, "nobody"), 401);
  assert.equal(await status({ who: "token", token: "prometheus" }, "root"), 200);
  assert.equal(await status({ who: "public" }), 200);
  assert.equal(await status({ who: "off" }, "root"), 404);
  const text = await (await get([metricsRoute({ metrics }, { who: "public" })], "/metrics")).text();
  assert.match(text, /^openguild_deliveries_total 3$/m);
});
