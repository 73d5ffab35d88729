import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { WebSocket } from "ws";
import { z } from "zod";
import { defineOperation } from "../../core/api/operation.ts";
import { authenticate } from "../../tests/harness/gateway_server.ts";
import { MemorySource } from "../../tests/harness/memory_source.ts";
import { MemoryLog } from "../../tests/harness/parts.ts";
import { selfSigned } from "../../tests/harness/self_signed.ts";
import { waitFor } from "../../tests/harness/wait_for.ts";
import { loadConfig } from "../config/config.ts";
import { Metrics } from "../metrics/metrics.ts";
import { systemClock } from "../system/clock.ts";
import { LocalBus } from "../system/local_bus.ts";
import { systemRng } from "../system/rng.ts";
import type { CertificateSource } from "../tls/certificate.ts";
import { openLive } from "./live.ts";
import { openHttp } from "./open_http.ts";
import { route } from "./route.ts";

const whoAmI = route(
  defineOperation({
    id: "whoAmI",
    method: "POST",
    path: "/client/v1/who",
    tag: "test",
    scope: null,
    summary: "",
    auth: "user",
    result: z.object({ user_id: z.string(), address: z.string() }),
    errors: [],
  }),
  ({ caller, address }) => Promise.resolve({ user_id: caller.userId, address }),
);

const say = route(
  defineOperation({
    id: "say",
    method: "POST",
    path: "/client/v1/say",
    tag: "test",
    scope: null,
    summary: "",
    auth: "none",
    body: z.object({ text: z.string() }),
    result: z.object({}),
    errors: [],
  }),
  () => Promise.resolve({}),
);

async function open(flags: Record<string, string> = {}, certificate?: CertificateSource) {
  const config = loadConfig({
    env: {},
    workingFolder: "/",
    readFile: () => undefined,
    flags: new Map(Object.entries({ "listen.port": "0", "listen.host": "127.0.0.1", ...flags })),
  });
  const metrics = new Metrics();
  const source = new MemorySource();
  source.join("ada");
  const log = new MemoryLog();
  const deps = { clock: systemClock, rng: systemRng, bus: new LocalBus(), metrics, log };
  const live = openLive({ ...deps, meter: metrics });
  const server = await openHttp({
    ...deps,
    config,
    live,
    source,
    authenticate,
    certificate,
    routes: [whoAmI, say],
    // A page that asks the API in the visitor's name.
    pages: (api) => async (request, facts) => {
      const headers = new Headers(request.headers);
      headers.set("origin", new URL(request.url).origin);
      const answer = await api(
        new Request(new URL("/client/v1/who", request.url), { method: "POST", headers }),
        facts,
      );
      return new Response(`page of ${(await answer.json()).user_id ?? "nobody"}`);
    },
    readyChecks: [{ name: "nothing", check: () => Promise.resolve() }],
    version: "1.0.0",
    checkResults: true,
  });
  return {
    source,
    live,
    log,
    port: server.port,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      live.stop();
    },
  };
}

Deno.test("one call opens API, pages, documents, health and figures", async () => {
  await using server = await open({ "metrics.access": "public" });
  const get = async (path: string, init?: RequestInit) => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, init);
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
  assert.equal((await get("/healthz")).status, 200);
  assert.equal((await get("/readyz")).status, 200);
  const who = await get("/client/v1/who", {
    method: "POST",
    headers: { authorization: "Bearer ada" },
  });
  assert.deepEqual(JSON.parse(who.text), { user_id: "@ada:localhost", address: "127.0.0.1" });
  const page = await get("/any/page", { headers: { cookie: "og_session=ada" } });
  assert.equal(page.text, "page of @ada:localhost");
  const document = JSON.parse((await get("/client/v1/openapi.json")).text);
  assert.deepEqual(Object.keys(document.paths).sort(), [
    "/client/v1/account/here",
    "/client/v1/events",
    "/client/v1/say",
    "/client/v1/sync",
    "/client/v1/who",
  ]);
  assert.equal((await get("/docs/api")).status, 200);
  const figures = await get("/metrics");
  assert.match(
    figures.text,
    /openguild_http_requests_total\{route="\/client\/v1\/who",.*"200"\} 2/,
  );
  assert.match(figures.text, /openguild_sockets 0/);
});

Deno.test("a body whose sender went away is no fault of the server's", async () => {
  await using server = await open({ "metrics.access": "public" });
  const socket = connect({ port: server.port, host: "127.0.0.1" });
  socket.on("error", () => undefined);
  socket.write(
    "POST /client/v1/say HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" +
      'Content-Length: 100\r\nExpect: 100-continue\r\n\r\n{"text":',
  );
  // The server is reading the body.
  await once(socket, "data");
  socket.destroy();
  const answered = /openguild_http_requests_total\{route="\/client\/v1\/say",.*code="408"\} 1/;
  await waitFor("the request to be answered", async () => {
    const figures = await fetch(`http://127.0.0.1:${server.port}/metrics`);
    return answered.test(await figures.text());
  });
  assert.deepEqual(server.log.lines.filter(({ level }) => level === "error"), []);
});

Deno.test("the gateway works over TLS, and through a certificate's change", async () => {
  const first = await selfSigned({ name: "localhost", days: 2 });
  const second = await selfSigned({ name: "localhost", days: 2 });
  let renew: (certificate: { cert: string; key: string }) => void = () => undefined;
  await using server = await open({}, {
    current: first,
    onChange: (take) => renew = take,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
  const dial = async (ca: string) => {
    const ws = new WebSocket(`wss://localhost:${server.port}/client/v1/gateway`, {
      ca,
      headers: { cookie: "__Host-og_session=ada", origin: `https://localhost:${server.port}` },
    });
    const said: string[] = [];
    await new Promise<void>((resolve, reject) => {
      ws.on("error", reject);
      ws.on("message", (data) => {
        const { op } = JSON.parse(String(data));
        said.push(op);
        if (op === "hello") ws.send('{"op":"identify","d":{}}');
        if (op === "dispatch" && String(data).includes('"body"')) resolve();
        if (op === "ready") server.source.say("x".repeat(70_000));
      });
    });
    return { ws, said };
  };
  const before = await dial(first.cert);
  renew(second);
  const after = await dial(second.cert);
  assert.equal(after.said[0], "hello");
  server.source.say("to both");
  for (const { ws } of [before, after]) {
    assert.equal(ws.readyState, WebSocket.OPEN);
    ws.terminate();
  }
});
